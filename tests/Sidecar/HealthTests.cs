using System.Net;
using System.Text.Json;

namespace DaprShop.Sidecar.Tests;

public sealed class HealthTests
{
    [Theory]
    [InlineData("/v1.0/healthz", 204, null)]
    [InlineData("/v1.0/healthz/", 204, null)]
    [InlineData("/v1.0//healthz", 204, null)]
    [InlineData("/v1.0/healthz?appid=echo", 204, null)]
    [InlineData("/v1.0/healthz?appid=wrong", 500, "ERR_HEALTH_APPID_NOT_MATCH")]
    [InlineData("/v1.0/healthz/outbound", 204, null)]
    [InlineData("/nothing", 404, "ERR_DIRECT_INVOKE")]
    [InlineData("/v9.0/state/statestore/k", 404, "ERR_DIRECT_INVOKE")]
    [InlineData("/", 404, "ERR_DIRECT_INVOKE")]
    public async Task Health_and_unknown_paths_answer_as_daprd_does(string path, int status, string? errorCode)
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("echo"));

        using var response = await dapr.Http("echo").GetAsync(path);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(errorCode, await ErrorCodeAsync(response));
    }

    [Fact]
    public async Task Ending_everything_twice_is_ending_it_once()
    {
        var dapr = await SidecarFixture.StartAsync(new TestApp("echo"));

        await dapr.Dapr.DisposeAsync();
        await dapr.DisposeAsync();

        Assert.True(dapr.Dapr.WhenStoppedAsync(dapr.Endpoint("echo")).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Shutdown_ends_this_apps_sidecar_and_no_other()
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("doomed"), new TestApp("other"));

        using var response = await dapr.Http("doomed").PostAsync("/v1.0/shutdown", null);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        await dapr.Dapr.WhenStoppedAsync(dapr.Endpoint("doomed")).WaitAsync(TimeSpan.FromSeconds(10));

        using var fresh = new HttpClient { BaseAddress = dapr.Endpoint("doomed").HttpEndpoint };
        await Assert.ThrowsAsync<HttpRequestException>(() => fresh.GetAsync("/v1.0/healthz"));
        using var other = await dapr.Http("other").GetAsync("/v1.0/healthz");
        Assert.Equal(HttpStatusCode.NoContent, other.StatusCode);
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_app_and_field()
    {
        await using var first = await SidecarFixture.StartAsync(new TestApp("first"));
        var port = first.Endpoint("first").HttpPort;

        var error = await Assert.ThrowsAsync<SidecarStartException>(() => SidecarFixture.StartAsync(
            new TestApp("second") { Configure = options => options with { HttpPort = port } }));

        Assert.Contains($"app second: daprHTTPPort {port}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_api_token_is_asked_for_everywhere_but_on_health()
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("tok") { Configure = options => options with { ApiToken = "secret" } });
        var http = dapr.Http("tok");

        using var without = await http.GetAsync("/nothing");
        using var health = await http.GetAsync("/v1.0/healthz");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nothing") { Headers = { { "dapr-api-token", "secret" } } };
        using var with = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal("invalid api token\n", await without.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NoContent, health.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, with.StatusCode);
    }

    private static async Task<string?> ErrorCodeAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        return body.Length == 0 ? null : JsonDocument.Parse(body).RootElement.GetProperty("errorCode").GetString();
    }
}
