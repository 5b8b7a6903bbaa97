using static DaprShop.Sidecar.Tests.TestComponents;

namespace DaprShop.Sidecar.Tests.State;

public sealed class ExpiredStatePurgeTests
{
    [Fact]
    public async Task Expired_values_are_deleted_in_batches_and_the_others_stay()
    {
        var time = new ManualTime();
        await using var dapr = await SidecarFixture.StartAsync(null, time, new TestApp("app") { Components = [Component("store", "state.sqlite")] });
        var api = StateApi.Over(StateApi.Grpc, dapr, "app", "store");
        await api.SaveAsync("stays", "1");
        await api.SaveAsync("later", "1", ttl: "60");
        await Task.WhenAll(Enumerable.Range(0, 1200).Select(i => api.SaveAsync($"k{i}", "1", ttl: "10")));
        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(1200, await dapr.Dapr.Shared.Purge.PurgeAsync(CancellationToken.None));
        Assert.Equal("1", (await api.GetAsync("stays")).Json);
        Assert.Equal("1", (await api.GetAsync("later")).Json);
        Assert.Equal(2, dapr.Dapr.Shared.Database.Read(session => session.Scalar<long>("SELECT count(*) FROM state")));
    }
}
