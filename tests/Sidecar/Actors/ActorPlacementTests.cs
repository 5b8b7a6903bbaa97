using Microsoft.AspNetCore.Builder;

namespace DaprShop.Sidecar.Tests.Actors;

/// <summary>Several instances of an app share its actors.</summary>
public sealed class ActorPlacementTests
{
    private static readonly string[] Ids = [.. Enumerable.Range(0, 24).Select(i => $"actor{i}")];
    private readonly ActorLog _first = new();
    private readonly ActorLog _second = new();

    [Fact]
    public async Task An_actor_has_one_owner_and_moves_when_that_one_leaves()
    {
        await using var dapr = await SidecarFixture.StartAsync(
            ActorApps.Counters(_first), ActorApps.Counters(_second), ActorApps.Caller());
        await AddToAllAsync(dapr, expected: 1);
        await AddToAllAsync(dapr, expected: 2);
        var (atFirst, atSecond) = (Ids.Where(id => _first.Count($"add {id}") > 0).ToList(), Ids.Where(id => _second.Count($"add {id}") > 0).ToList());
        Assert.Equal(Ids.Order(), atFirst.Concat(atSecond).Order());
        Assert.NotEmpty(atFirst);
        Assert.NotEmpty(atSecond);

        using var response = await dapr.Http("counters").PostAsync("/v1.0/shutdown", null);
        await dapr.Dapr.WhenStoppedAsync(dapr.Endpoint("counters")).WaitAsync(TimeSpan.FromSeconds(20));
        await AddToAllAsync(dapr, expected: 3);

        Assert.All(atFirst, id => Assert.Equal((1, 1), (_first.Count($"deactivated {id}"), _second.Count($"add {id}"))));
        Assert.All(atSecond, id => Assert.Equal(3, _second.Count($"add {id}")));
    }

    [Fact]
    public async Task The_actors_of_an_instance_whose_app_has_ended_are_called_at_the_other()
    {
        WebApplication? app = null;
        await using var dapr = await SidecarFixture.StartAsync(
            ActorApps.Counters(_first, more: routes => app = routes), ActorApps.Counters(_second), ActorApps.Caller());
        await AddToAllAsync(dapr, expected: 1);

        await app!.StopAsync();
        await AddToAllAsync(dapr, expected: 2);

        Assert.All(Ids, id => Assert.Equal(2, _first.Count($"add {id}") + _second.Count($"add {id}")));
    }

    [Fact]
    public async Task A_running_call_ends_before_its_actor_moves_and_a_waiting_one_goes_along()
    {
        await using var dapr = await SidecarFixture.StartAsync(Draining(_first), Draining(_second), ActorApps.Caller());
        await AddToAllAsync(dapr, expected: 1);
        var id = Ids.First(id => _first.Count($"add {id}") > 0);

        var running = dapr.Proxy(id).HoldAsync();
        await _first.UntilAsync($"held {id}");
        using var response = await dapr.Http("counters").PostAsync("/v1.0/shutdown", null);
        var waiting = dapr.Proxy(id).AddAsync(1);
        // The others have moved when this one is deactivated.
        await _first.UntilAsync($"deactivated {Ids.First(other => other != id && _first.Count($"add {other}") > 0)}");
        Assert.False(waiting.IsCompleted);
        _first.Release.SetResult();

        Assert.Equal(2, await running);
        Assert.Equal(3, await waiting);
        Assert.Equal([$"add {id}", $"held {id}", $"add {id}", $"deactivated {id}"], _first.All.Where(entry => entry.EndsWith($" {id}", StringComparison.Ordinal)));
        Assert.Equal(1, _second.Count($"add {id}"));
    }

    private static TestApp Draining(ActorLog log) => ActorApps.Counters(log, options => options.DrainOngoingCallTimeout = TimeSpan.FromSeconds(30));

    private static async Task AddToAllAsync(SidecarFixture dapr, int expected)
    {
        var counts = await Task.WhenAll(Ids.Select(id => dapr.Proxy(id).AddAsync(1)));
        Assert.All(counts, count => Assert.Equal(expected, count));
    }
}
