using System.Net;
using System.Net.Http.Json;
using DaprShop.Contracts;

namespace DaprShop.Services.Tests.Gateway;

public sealed class RateLimitTests(EdgeShop shop) : IClassFixture<EdgeShop>
{
    private static readonly (string Name, string Value)[] s_two =
        [.. new[] { "UsersRead", "UsersWrite", "OrdersRead", "OrdersWrite", "Products", "Product" }.Select(name => ($"RateLimits:{name}", "2"))];

    public static TheoryData<string, string> Limited => new()
    {
        { "GET", "/api/customers/ann" },
        { "POST", "/api/customers" },
        { "GET", "/api/orders/1" },
        { "POST", "/api/orders" },
        { "GET", "/api/products" },
        { "GET", "/api/products/mug" },
    };

    [Theory]
    [MemberData(nameof(Limited))]
    public async Task After_so_many_requests_a_client_has_to_wait(string method, string path)
    {
        var gateway = shop.Another(s_two);
        var token = shop.Issuer.Customer("ann");

        using var first = await EdgeShop.SendAsync(gateway, new HttpMethod(method), path, token);
        using var second = await EdgeShop.SendAsync(gateway, new HttpMethod(method), path, token);
        using var third = await EdgeShop.SendAsync(gateway, new HttpMethod(method), path, token);

        Assert.DoesNotContain(HttpStatusCode.TooManyRequests, new[] { first.StatusCode, second.StatusCode });
        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.Equal(Problems.TooManyRequests, (await third.Content.ReadFromJsonAsync<Problem>(ContractsJson.Options))!.Code);
        Assert.InRange(third.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
    }

    [Fact]
    public async Task Each_user_has_a_limit_of_his_own_and_so_has_each_route()
    {
        var gateway = shop.Another(s_two);
        var ann = shop.Issuer.Customer("ann");
        await TakeAsync(gateway, "/api/orders/1", ann, 2);

        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(gateway, "/api/orders/1", ann));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/api/orders/1", shop.Issuer.Customer("bob")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/api/products", ann));
        await TakeAsync(gateway, "/api/products", token: null, 2);
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(gateway, "/api/products", token: null));
    }

    [Fact]
    public async Task Staff_is_not_limited() =>
        await TakeAsync(shop.Another(s_two), "/api/orders/1", shop.Issuer.Staff(), 6);

    [Fact]
    public async Task Guesses_at_tokens_count_against_the_address_they_come_from()
    {
        var gateway = shop.Another(s_two);
        await StatusAsync(gateway, "/api/orders/1", "guess.one.x");
        await StatusAsync(gateway, "/api/orders/1", "guess.two.x");

        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(gateway, "/api/orders/1", "guess.three.x"));
    }

    private static async Task TakeAsync(RunningService gateway, string path, string? token, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, path, token));
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(RunningService gateway, string path, string? token)
    {
        using var answer = await EdgeShop.SendAsync(gateway, HttpMethod.Get, path, token);
        return answer.StatusCode;
    }
}
