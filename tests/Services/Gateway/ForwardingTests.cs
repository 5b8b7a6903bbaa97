using System.Net;
using System.Net.Http.Json;
using DaprShop.Contracts;

namespace DaprShop.Services.Tests.Gateway;

public sealed class ForwardingTests(EdgeShop shop) : IClassFixture<EdgeShop>
{
    [Fact]
    public async Task What_a_client_forged_does_not_arrive()
    {
        using var answer = await shop.GetAsync(
            "/api/products",
            token: null,
            ("X-User-Id", "staff"),
            ("X-User-Roles", "staff"),
            ("X-Forwarded-For", "6.6.6.6"),
            ("X-Forwarded-Host", "evil.example"),
            ("Forwarded", "for=6.6.6.6"),
            ("dapr-caller-app-id", AppIds.Orders),
            ("dapr-api-token", "guess"),
            ("dapr-app-id", AppIds.Orders),
            ("Cookie", "a=b"));
        var heard = await EdgeShop.HeardAsync(answer);

        Assert.Equal("/products", heard.Path);
        Assert.Equal(AppIds.Gateway, heard.Headers["dapr-caller-app-id"]);
        Assert.Empty(heard.Headers.Keys.Intersect(["x-user-id", "x-user-roles", "cookie", "dapr-api-token", "dapr-app-id"]));
        Assert.DoesNotContain(heard.Headers.Values, value => value.Contains("6.6.6.6", StringComparison.Ordinal) || value.Contains("evil", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_signed_in_user_cannot_pose_as_another()
    {
        using var answer = await shop.GetAsync("/api/orders/1", shop.Issuer.Customer("ann"), ("X-User-Id", "bob"), ("x-user-roles", "staff"));
        var heard = await EdgeShop.HeardAsync(answer);

        Assert.Equal(("ann", "customer"), (heard.Headers["x-user-id"], heard.Headers["x-user-roles"]));
    }

    [Fact]
    public async Task A_service_hears_where_the_request_came_from_and_what_it_asked_for()
    {
        using var answer = await shop.GetAsync("/api/products?limit=3", token: null, ("Accept-Language", "cy"), ("Idempotency-Key", "k"));
        var heard = await EdgeShop.HeardAsync(answer);

        Assert.StartsWith("127.0.0.1", heard.Headers["x-forwarded-for"], StringComparison.Ordinal);
        Assert.StartsWith(shop.Gateway.Address.Authority, heard.Headers["x-forwarded-host"], StringComparison.Ordinal);
        Assert.Equal(("?limit=3", "cy", "k"), (heard.Query, heard.Headers["accept-language"], heard.Headers["idempotency-key"]));
    }

    [Fact]
    public async Task Two_instances_of_a_service_take_turns()
    {
        List<string> instances = [];
        for (var i = 0; i < 10; i++)
        {
            using var answer = await shop.GetAsync("/api/products", token: null);
            instances.Add((await EdgeShop.HeardAsync(answer)).Instance);
        }

        Assert.Equal([5, 5], instances.CountBy(instance => instance).Select(count => count.Value));
    }

    [Fact]
    public async Task Headers_that_a_sidecar_would_not_read_are_refused()
    {
        using var tooMuch = await shop.GetAsync("/api/products", token: null, ("Accept-Language", new string('x', 2000)));
        using var farTooMuch = await shop.GetAsync("/api/products", token: null, ("X-Any", new string('x', 20_000)));
        using var tooLong = await shop.GetAsync($"/api/products?after={new string('x', 3000)}", token: null);
        using var notForwarded = await shop.GetAsync("/api/products", token: null, ("User-Agent", new string('x', 6000)));

        var problem = await tooMuch.Content.ReadFromJsonAsync<Problem>(ContractsJson.Options);
        Assert.Equal((HttpStatusCode.RequestHeaderFieldsTooLarge, Problems.TooLarge), (tooMuch.StatusCode, problem!.Code));
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, farTooMuch.StatusCode);
        Assert.Equal(HttpStatusCode.RequestUriTooLong, tooLong.StatusCode);
        Assert.Equal(HttpStatusCode.OK, notForwarded.StatusCode);
    }

    [Theory]
    [InlineData("/api/products")]
    [InlineData("/api/orders/1")]
    [InlineData("/nothing")]
    public async Task Browsers_are_told_to_be_careful(string path)
    {
        using var answer = await shop.GetAsync(path, token: null);

        string Header(string name) => string.Join(',', answer.Headers.TryGetValues(name, out var values) ? values : []);
        Assert.Equal(
            ("nosniff", "DENY", "no-referrer", "no-store"),
            (Header("X-Content-Type-Options"), Header("X-Frame-Options"), Header("Referrer-Policy"), Header("Cache-Control")));
        Assert.Contains("default-src 'none'", Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Empty(Header("Server"));
    }

    [Fact]
    public async Task Only_the_web_sites_of_the_configuration_may_call()
    {
        var gateway = shop.Another(("CORS_ORIGINS", "https://shop.example, https://admin.example"));

        using var mine = await PreflightAsync(gateway, "https://admin.example");
        using var other = await PreflightAsync(gateway, "https://evil.example");
        using var nobody = await PreflightAsync(shop.Gateway, "https://shop.example");
        using var refused = await EdgeShop.SendAsync(gateway, HttpMethod.Get, "/api/orders/1", token: null, ("Origin", "https://shop.example"));

        Assert.Equal("https://admin.example", Assert.Single(mine.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.False(other.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(nobody.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.True(refused.Headers.Contains("Access-Control-Allow-Origin"));
    }

    private static Task<HttpResponseMessage> PreflightAsync(RunningService gateway, string origin) => EdgeShop.SendAsync(
        gateway,
        HttpMethod.Options,
        "/api/orders",
        token: null,
        ("Origin", origin),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "authorization,content-type,idempotency-key"));
}
