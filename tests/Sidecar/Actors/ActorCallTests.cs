using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapr.Actors;

namespace DaprShop.Sidecar.Tests.Actors;

public sealed class ActorCallTests
{
    private readonly ActorLog _log = new();

    [Fact]
    public async Task A_proxy_gets_the_methods_result_with_remoting_and_by_name()
    {
        await using var dapr = await SidecarFixture.StartAsync(ActorApps.Counters(_log), ActorApps.Caller());

        Assert.Equal(5, await dapr.Proxy("a").AddAsync(5));
        Assert.Equal(7, await dapr.ByName("a").InvokeMethodAsync<int, int>("AddAsync", 2));
    }

    [Fact]
    public async Task An_exception_in_the_actor_reaches_the_caller()
    {
        await using var dapr = await SidecarFixture.StartAsync(ActorApps.Counters(_log), ActorApps.Caller());

        var failure = await Assert.ThrowsAsync<ActorMethodInvocationException>(() => dapr.Proxy("a").FailAsync());

        Assert.Contains("broken on purpose", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parallel_calls_of_one_actor_are_made_one_by_one()
    {
        await using var dapr = await SidecarFixture.StartAsync(ActorApps.Counters(_log), ActorApps.Caller());

        var most = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => dapr.Proxy("a").MostAtOnceAsync()));
        var counts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => dapr.Proxy("a").AddAsync(1)));

        Assert.All(most, atOnce => Assert.Equal(1, atOnce));
        Assert.Equal(Enumerable.Range(1, 20), counts.Order());
    }

    [Fact]
    public async Task A_chain_of_calls_may_come_back_to_an_actor_when_reentrancy_is_on()
    {
        var app = ActorApps.Counters(_log, options => options.ReentrancyConfig = new ActorReentrancyConfig { Enabled = true });
        await using var dapr = await SidecarFixture.StartAsync(app, ActorApps.Caller());

        Assert.Equal(1, await dapr.Proxy("a").CallThroughAsync("b").WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_type_that_nobody_hosts_has_no_address()
    {
        await using var dapr = await SidecarFixture.StartAsync(ActorApps.Caller());

        using var response = await dapr.Http("caller").PostAsync("/v1.0/actors/Nobody/1/method/m", new StringContent("x"));

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var error = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("ERR_ACTOR_INVOKE_METHOD", error.GetProperty("errorCode").GetString());
        Assert.EndsWith("did not find address for actor 'Nobody/1'", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_counts_the_active_actors()
    {
        await using var dapr = await SidecarFixture.StartAsync(ActorApps.Counters(_log), ActorApps.Caller());
        await Task.WhenAll(dapr.Proxy("a").AddAsync(1), dapr.Proxy("b").AddAsync(1));

        var metadata = await dapr.Http("counters").GetFromJsonAsync<JsonElement>("/v1.0/metadata");

        Assert.Equal(
            """{"runtimeStatus":"RUNNING","activeActors":[{"type":"Counter","count":2}],"hostReady":true,"placement":"placement: connected"}""",
            metadata.GetProperty("actorRuntime").GetRawText());
    }
}
