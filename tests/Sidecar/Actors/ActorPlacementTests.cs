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

    private static async Task AddToAllAsync(SidecarFixture dapr, int expected)
    {
        var counts = await Task.WhenAll(Ids.Select(id => dapr.Proxy(id).AddAsync(1)));
        Assert.All(counts, count => Assert.Equal(expected, count));
    }
}
