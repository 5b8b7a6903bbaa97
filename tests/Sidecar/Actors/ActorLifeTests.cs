using System.Net;
using System.Text;

namespace DaprShop.Sidecar.Tests.Actors;

/// <summary>Activation, deactivation and what an actor keeps over them.</summary>
public sealed class ActorLifeTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("actor-tests-").FullName;
    private readonly ActorLog _log = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task State_survives_the_deactivation_of_an_idle_actor_and_a_restart()
    {
        await using (var dapr = await StartAsync(TimeSpan.FromMilliseconds(200)))
        {
            await dapr.Proxy("a").AddAsync(3);
            await _log.UntilAsync("deactivated a");
            Assert.Equal(4, await dapr.Proxy("a").AddAsync(1));
        }

        await using (var dapr = await StartAsync(TimeSpan.FromMinutes(10)))
        {
            Assert.Equal(5, await dapr.Proxy("a").AddAsync(1));
        }
    }

    [Fact]
    public async Task Actors_are_deactivated_when_their_sidecar_stops()
    {
        await using (var dapr = await StartAsync(TimeSpan.FromMinutes(10)))
        {
            await dapr.Proxy("a").AddAsync(1);
        }

        Assert.Equal(["add a", "deactivated a"], _log.All);
    }

    [Fact]
    public async Task Only_an_active_actor_may_change_its_state()
    {
        await using var dapr = await StartAsync(TimeSpan.FromMinutes(10));
        const string body = """[{"operation":"upsert","request":{"key":"k","value":1}}]""";

        using var refused = await dapr.Http("counters").PostAsync("/v1.0/actors/Counter/a/state", Json(body));
        await dapr.Proxy("a").AddAsync(1);
        using var taken = await dapr.Http("counters").PostAsync("/v1.0/actors/Counter/a/state", Json(body));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("ERR_ACTOR_INSTANCE_MISSING", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
        Assert.Equal("1", await dapr.Http("counters").GetStringAsync("/v1.0/actors/Counter/a/state/k"));
    }

    [Fact]
    public async Task State_with_a_time_to_live_needs_the_feature()
    {
        await using var dapr = await StartAsync(TimeSpan.FromMinutes(10));
        await dapr.Proxy("a").AddAsync(1);

        using var response = await dapr.Http("counters").PostAsync(
            "/v1.0/actors/Counter/a/state",
            Json("""[{"operation":"upsert","request":{"key":"k","value":1,"metadata":{"ttlInSeconds":"5"}}}]"""));

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("ActorStateTTL", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_timer_ticks_until_it_is_stopped()
    {
        await using var dapr = await StartAsync(TimeSpan.FromMinutes(10));

        await dapr.Proxy("a").StartTimerAsync(TimeSpan.FromMilliseconds(20));
        await _log.UntilAsync("timer a data", 3);
        await dapr.Proxy("a").StopTimerAsync();
        var ticks = _log.Count("timer a data");
        // Another timer's ticks show that time goes on.
        await dapr.Proxy("b").StartTimerAsync(TimeSpan.FromMilliseconds(20));
        await _log.UntilAsync("timer b data", 5);

        Assert.Equal(ticks, _log.Count("timer a data"));
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private Task<SidecarFixture> StartAsync(TimeSpan idle) => SidecarFixture.StartAsync(
        Path.Combine(_directory, "dapr.db"),
        TimeProvider.System,
        ActorApps.Counters(_log, options => options.ActorIdleTimeout = idle),
        ActorApps.Caller());
}
