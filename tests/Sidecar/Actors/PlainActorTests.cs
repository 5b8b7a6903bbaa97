using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DaprShop.Sidecar.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Tests.Actors;

/// <summary>The protocol between sidecar and app, with an app that speaks it by hand.</summary>
public sealed class PlainActorTests
{
    private int _calls;

    [Fact]
    public async Task A_call_is_a_put_with_the_callers_query_headers_and_body()
    {
        await using var dapr = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1.0/actors/Plain/a%2Fb/method/echo?x=1") { Content = new StringContent("body") };
        request.Headers.Add("X-Custom", "mine");

        using var response = await dapr.Http("caller").SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("PUT a/b ?x=1 mine true body", await response.Content.ReadAsStringAsync());
        Assert.Equal("kept", Assert.Single(response.Headers.GetValues("X-DaprErrorResponseHeader")));
    }

    [Theory]
    [InlineData("caller", "status/404", "rpc error: code = Internal desc = error invoke actor method: actor method not found: actors/Plain/a/method/status/404")]
    [InlineData("plain", "status/404", "actor method not found: actors/Plain/a/method/status/404")]
    [InlineData("plain", "status/201", "error from actor service: (201) here")]
    public async Task Any_answer_but_200_is_an_error(string through, string method, string cause)
    {
        await using var dapr = await StartAsync();

        using var response = await dapr.Http(through).PostAsync($"/v1.0/actors/Plain/a/method/{method}", null);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var error = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("ERR_ACTOR_INVOKE_METHOD", error.GetProperty("errorCode").GetString());
        Assert.Equal($"error invoke actor method: {cause}", error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_failed_call_is_retried_by_the_callers_policy_and_not_without_one()
    {
        await using var dapr = await StartAsync();

        using var retried = await dapr.Http("caller").PostAsync("/v1.0/actors/Plain/a/method/third", null);
        Assert.Equal((HttpStatusCode.OK, 3), (retried.StatusCode, _calls));
        _calls = 0;
        using var once = await dapr.Http("plain").PostAsync("/v1.0/actors/Plain/a/method/third", null);
        Assert.Equal((HttpStatusCode.InternalServerError, 1), (once.StatusCode, _calls));
    }

    private Task<SidecarFixture> StartAsync()
    {
        var retries = new ResiliencySpec
        {
            Retries = new Dictionary<string, RetrySpec> { ["twice"] = new() { Duration = TimeSpan.FromMilliseconds(10), MaxRetries = 2 } },
            Actors = new Dictionary<string, TargetSpec> { ["Plain"] = new(null, "twice", null) },
        };
        return SidecarFixture.StartAsync(
            new TestApp("plain") { Components = [ActorApps.Store], Routes = Map },
            new TestApp("caller") { Resiliency = [retries] });
    }

    private void Map(WebApplication app)
    {
        app.MapGet("/dapr/config", () => new { entities = new[] { "Plain" }, actorScanInterval = "ignored" });
        app.MapMethods("/actors/Plain/{id}/method/echo", ["GET", "POST", "PUT"], async (string id, HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var headers = context.Request.Headers;
            context.Response.Headers["X-DaprErrorResponseHeader"] = "kept";
            return $"{context.Request.Method} {Uri.UnescapeDataString(id)} {context.Request.QueryString} {headers["X-Custom"]} {headers["Dapr-API-Call"]} "
                + await reader.ReadToEndAsync();
        });
        app.MapPut("/actors/Plain/{id}/method/status/{status:int}", (int status) => Results.Text("here", statusCode: status));
        app.MapPut("/actors/Plain/{id}/method/third", () => Results.StatusCode(Interlocked.Increment(ref _calls) < 3 ? 500 : 200));
        app.MapDelete("/actors/Plain/{id}", () => Results.Ok());
    }
}
