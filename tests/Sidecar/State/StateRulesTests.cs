using static DaprShop.Sidecar.Tests.TestComponents;

namespace DaprShop.Sidecar.Tests.State;

/// <summary>The rows in which state.redis and the SQL stores differ, over HTTP and gRPC.</summary>
public sealed class StateRulesTests
{
    private const string Redis = "state.redis";
    private const string Sqlite = "state.sqlite";
    private const string Memory = "state.in-memory";

    /// <summary>Steps: save[:etag[:concurrency]], delete[:etag]; an etag "current" is the one just read, "first" the first one.</summary>
    [Theory]
    [InlineData("the current etag writes", "save save:current", "ok ok", "ok ok")]
    [InlineData("a stale etag does not", "save save save:first", "ok ok conflict", "ok ok conflict")]
    [InlineData("an etag for a missing key", "save:7", "ok", "conflict")]
    [InlineData("an etag of a wrong form", "save save:abc", "ok invalid", "ok conflict")]
    [InlineData("last-write with a stale etag", "save save save:first:last-write", "ok ok ok", "ok ok conflict")]
    [InlineData("first-write of a new key", "save::first-write", "ok", "ok")]
    [InlineData("first-write of a key", "save save::first-write", "ok ok", "ok conflict")]
    [InlineData("first-write twice", "save::first-write save::first-write", "ok error", "ok conflict")]
    [InlineData("a plain save of a key written with first-write", "save::first-write save", "ok error", "ok ok")]
    [InlineData("last-write of a key written with first-write", "save::first-write save::last-write", "ok error", "ok ok")]
    [InlineData("first-write with the current etag", "save save:current:first-write", "ok ok", "ok ok")]
    [InlineData("delete of a missing key", "delete", "ok", "ok")]
    [InlineData("delete of a missing key with an etag", "delete:7", "ok", "conflict")]
    [InlineData("delete with a stale etag", "save save delete:first", "ok ok conflict", "ok ok conflict")]
    [InlineData("delete with the current etag", "save delete:current", "ok ok", "ok ok")]
    [InlineData("a deleted key is new again", "save::first-write delete save::first-write", "ok ok ok", "ok ok ok")]
    public async Task A_store_of_each_kind_keeps_its_own_rules(string rule, string steps, string redis, string sql)
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("app")
        {
            Components = [Component("redis", Redis), Component("sqlite", Sqlite), Component("memory", Memory)],
        });
        foreach (var protocol in new[] { StateApi.Http, StateApi.Grpc })
        {
            foreach (var (store, expected) in new[] { ("redis", redis), ("sqlite", sql), ("memory", sql) })
            {
                var outcomes = await PlayAsync(StateApi.Over(protocol, dapr, "app", store), $"{protocol}-key", steps.Split(' '));

                Assert.True(expected == string.Join(' ', outcomes), $"{rule}, {store} over {protocol}: expected {expected}, got {string.Join(' ', outcomes)}");
            }
        }
    }

    [Theory]
    [InlineData(StateApi.Http)]
    [InlineData(StateApi.Grpc)]
    public async Task Etags_of_redis_count_up_and_those_of_sqlite_are_uuids(string protocol)
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("app") { Components = [Component("redis", Redis), Component("sqlite", Sqlite)] });
        var redis = StateApi.Over(protocol, dapr, "app", "redis");
        var sqlite = StateApi.Over(protocol, dapr, "app", "sqlite");
        foreach (var value in new[] { "1", "2", "3" })
        {
            await redis.SaveAsync("k", value);
            await sqlite.SaveAsync("k", value);
        }

        Assert.Equal(("3", "3", null), await redis.GetAsync("k"));
        var (json, etag, _) = await sqlite.GetAsync("k");
        Assert.Equal("3", json);
        Assert.True(Guid.TryParse(etag, out _));
    }

    [Theory]
    [InlineData(StateApi.Http, Redis, null)]
    [InlineData(StateApi.Grpc, Redis, null)]
    [InlineData(StateApi.Http, Sqlite, "2026-01-02T03:04:15Z")]
    [InlineData(StateApi.Grpc, Sqlite, "2026-01-02T03:04:15Z")]
    public async Task A_value_with_a_time_to_live_is_gone_after_it(string protocol, string type, string? expires)
    {
        var time = new ManualTime();
        await using var dapr = await SidecarFixture.StartAsync(null, time, new TestApp("app") { Components = [Component("store", type)] });
        var api = StateApi.Over(protocol, dapr, "app", "store");

        await api.SaveAsync("k", "1", ttl: "10");
        Assert.Equal(expires, (await api.GetAsync("k")).Expires);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Null((await api.GetAsync("k")).Json);
        Assert.Equal("ok", await api.SaveAsync("k", "2", concurrency: "first-write"));
    }

    [Theory]
    [InlineData(Redis, null, false)]
    [InlineData(Sqlite, null, true)]
    [InlineData(Redis, "-1", true)]
    [InlineData(Redis, "0", true)]
    [InlineData(Sqlite, "-1", true)]
    public async Task A_later_save_without_time_to_live_keeps_the_expiry_in_redis_only(string type, string? laterTtl, bool survives)
    {
        var time = new ManualTime();
        await using var dapr = await SidecarFixture.StartAsync(null, time, new TestApp("app") { Components = [Component("store", type)] });
        var api = StateApi.Over(StateApi.Grpc, dapr, "app", "store");

        await api.SaveAsync("k", "1", ttl: "10");
        await api.SaveAsync("k", "2", ttl: laterTtl);
        time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(survives ? "2" : null, (await api.GetAsync("k")).Json);
    }

    [Theory]
    [InlineData(StateApi.Http, "abc")]
    [InlineData(StateApi.Grpc, "abc")]
    [InlineData(StateApi.Http, "-2")]
    [InlineData(StateApi.Grpc, "1.5")]
    public async Task A_time_to_live_that_is_no_number_of_seconds_saves_nothing(string protocol, string ttl)
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("app") { Components = [Component("store", Redis)] });
        var api = StateApi.Over(protocol, dapr, "app", "store");

        Assert.Equal("error", await api.SaveAsync("k", "1", ttl: ttl));
        Assert.Null((await api.GetAsync("k")).Json);
    }

    [Theory]
    [InlineData(StateApi.Http, Redis)]
    [InlineData(StateApi.Grpc, Redis)]
    [InlineData(StateApi.Http, Sqlite)]
    [InlineData(StateApi.Grpc, Sqlite)]
    public async Task A_transaction_is_all_or_nothing(string protocol, string type)
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("app") { Components = [Component("store", type)] });
        var api = StateApi.Over(protocol, dapr, "app", "store");
        await api.SaveAsync("a", "1");

        Assert.Equal("error", await api.TransactAsync(("upsert", "b", "2", null), ("delete", "a", "null", null), ("upsert", "b", "3", "99")));
        Assert.Equal("1", (await api.GetAsync("a")).Json);
        Assert.Null((await api.GetAsync("b")).Json);

        Assert.Equal("ok", await api.TransactAsync(("upsert", "b", "2", null), ("delete", "a", "null", null), ("upsert", "b", "3", null)));
        Assert.Null((await api.GetAsync("a")).Json);
        Assert.Equal("3", (await api.GetAsync("b")).Json);
    }

    private static async Task<List<string>> PlayAsync(StateApi api, string key, string[] steps)
    {
        var outcomes = new List<string>();
        string? first = null;
        foreach (var step in steps)
        {
            var parts = step.Split(':');
            var current = (await api.GetAsync(key)).ETag;
            first ??= current;
            var etag = parts.ElementAtOrDefault(1) switch { null or "" => null, "current" => current, "first" => first, var text => text };
            outcomes.Add(parts[0] == "save"
                ? await api.SaveAsync(key, "1", etag, parts.ElementAtOrDefault(2))
                : await api.DeleteAsync(key, etag));
        }

        return outcomes;
    }
}
