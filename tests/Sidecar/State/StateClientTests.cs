using Dapr.Client;
using Dapr;
using Grpc.Core;
using static DaprShop.Sidecar.Tests.TestComponents;

namespace DaprShop.Sidecar.Tests.State;

/// <summary>The unmodified Dapr.Client against the state API.</summary>
public sealed class StateClientTests
{
    private sealed record Order(string Id, decimal Total);

    [Fact]
    public async Task The_sdk_saves_reads_and_deletes()
    {
        await using var dapr = await StartAsync();
        using var client = dapr.Client("app");

        await client.SaveStateAsync("store", "o1", new Order("o1", 12.50m));
        Assert.Equal(new Order("o1", 12.50m), await client.GetStateAsync<Order>("store", "o1"));

        await client.DeleteStateAsync("store", "o1");
        Assert.Null(await client.GetStateAsync<Order>("store", "o1"));
    }

    [Fact]
    public async Task A_stale_etag_makes_the_try_methods_false()
    {
        await using var dapr = await StartAsync();
        using var client = dapr.Client("app");
        await client.SaveStateAsync("store", "k", 1);
        var (_, stale) = await client.GetStateAndETagAsync<int>("store", "k");
        await client.SaveStateAsync("store", "k", 2);

        Assert.False(await client.TrySaveStateAsync("store", "k", 3, stale));
        Assert.False(await client.TryDeleteStateAsync("store", "k", stale));
        var (value, current) = await client.GetStateAndETagAsync<int>("store", "k");
        Assert.Equal(2, value);
        Assert.True(await client.TrySaveStateAsync("store", "k", 3, current));
    }

    [Fact]
    public async Task Several_keys_are_saved_read_and_deleted_in_one_call()
    {
        await using var dapr = await StartAsync();
        using var client = dapr.Client("app");
        await client.SaveBulkStateAsync("store", [new SaveStateItem<int>("a", 1, ""), new SaveStateItem<int>("b", 2, "")]);

        var items = await client.GetBulkStateAsync<int>("store", ["a", "missing", "b"], parallelism: 1);
        Assert.Equal([("a", 1), ("missing", 0), ("b", 2)], items.Select(item => (item.Key, item.Value)));

        await client.DeleteBulkStateAsync("store", [.. items.Where(item => item.ETag.Length > 0).Select(item => new BulkDeleteStateItem(item.Key, item.ETag))]);
        Assert.Equal(0, await client.GetStateAsync<int>("store", "a"));
    }

    [Fact]
    public async Task Bytes_are_kept_as_they_are()
    {
        await using var dapr = await StartAsync();
        using var client = dapr.Client("app");
        byte[] bytes = [0, 1, 255, 254];

        await client.SaveByteStateAsync("store", "raw", bytes);

        Assert.Equal(bytes, (await client.GetByteStateAsync("store", "raw")).ToArray());
    }

    [Fact]
    public async Task An_unknown_store_is_an_invalid_argument_with_details()
    {
        await using var dapr = await StartAsync();
        using var client = dapr.Client("app");

        var error = await Assert.ThrowsAsync<DaprException>(() => client.GetStateAsync<int>("nostore", "k"));

        var status = Assert.IsType<RpcException>(error.InnerException);
        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        Assert.Equal("state store nostore is not found", status.Status.Detail);
        var info = Assert.Single(Google.Rpc.Status.Parser.ParseFrom(status.Trailers.GetValueBytes("grpc-status-details-bin")).Details)
            .Unpack<Google.Rpc.ErrorInfo>();
        Assert.Equal(("dapr.io", "DAPR_STATE_NOT_FOUND", "app"), (info.Domain, info.Reason, info.Metadata["appID"]));
    }

    [Fact]
    public async Task Writers_that_race_with_etags_lose_no_update()
    {
        await using var dapr = await StartAsync();
        using var client = dapr.Client("app");
        await client.SaveStateAsync("store", "count", 0);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            for (var done = 0; done < 25;)
            {
                var (value, etag) = await client.GetStateAndETagAsync<int>("store", "count");
                done += await client.TrySaveStateAsync("store", "count", value + 1, etag, new() { Concurrency = ConcurrencyMode.FirstWrite }) ? 1 : 0;
            }
        }));

        Assert.Equal(100, await client.GetStateAsync<int>("store", "count"));
    }

    [Fact]
    public async Task A_denied_grpc_api_is_unimplemented_and_a_missing_token_unauthenticated()
    {
        await using var dapr = await SidecarFixture.StartAsync(
            new TestApp("denied") { Configuration = new() { DeniedApis = [new("state", "v1", "grpc")] } },
            new TestApp("token") { Configure = options => options with { ApiToken = "secret" } });

        Assert.Equal(StatusCode.Unimplemented, await StatusOfAsync("denied"));
        Assert.Equal(StatusCode.Unauthenticated, await StatusOfAsync("token"));

        async Task<StatusCode> StatusOfAsync(string appId)
        {
            using var client = dapr.Client(appId);
            var error = await Assert.ThrowsAsync<DaprException>(() => client.GetStateAsync<int>("store", "k"));
            return Assert.IsType<RpcException>(error.InnerException).StatusCode;
        }
    }

    private static Task<SidecarFixture> StartAsync() =>
        SidecarFixture.StartAsync(new TestApp("app") { Components = [Component("store", "state.sqlite")] });
}
