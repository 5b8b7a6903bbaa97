using DaprShop.Sidecar;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Interop.Tests;

/// <summary>An app in Node.js with @dapr/dapr, its client over HTTP.</summary>
public sealed class BuildingBlocksOverHttp(BuildingBlocksOverHttp.Fixture app)
    : BuildingBlockTests(app), IClassFixture<BuildingBlocksOverHttp.Fixture>
{
    [FactWhereNodeIs]
    public async Task An_actor_keeps_its_state_between_turns()
    {
        Assert.Equal("2", await app.CallAsync("actor", "ada", "add", 2));
        Assert.Equal("5", await app.CallAsync("actor", "ada", "add", 3));
        Assert.Equal("5", await app.CallAsync("actor", "ada", "total"));
        Assert.Equal("0", await app.CallAsync("actor", "bob", "total"));
    }

    [FactWhereNodeIs]
    public async Task Timers_and_reminders_call_the_actor()
    {
        await app.CallAsync("actor", "timed", "startTimer", 7);
        await app.CallAsync("actorReaches", "timed", 7);

        await app.CallAsync("actor", "reminded", "startReminder", 8);
        await app.CallAsync("actorReaches", "reminded", 8);
    }

    public sealed class Fixture() : BlocksApp("http");
}

/// <summary>An app in Node.js with @dapr/dapr, its client over gRPC.</summary>
public sealed class BuildingBlocksOverGrpc(BuildingBlocksOverGrpc.Fixture app)
    : BuildingBlockTests(app), IClassFixture<BuildingBlocksOverGrpc.Fixture>
{
    // Over HTTP the SDK has no configuration API.
    [FactWhereNodeIs]
    public async Task Configuration_is_read_and_its_changes_arrive()
    {
        await app.SetConfigurationAsync("discount", "10");
        Assert.Contains("\"value\":\"10\"", await app.CallAsync("configuration", (object)new[] { "discount" }), StringComparison.Ordinal);

        await app.CallAsync("subscribeConfiguration", (object)new[] { "discount" });
        var change = app.CallAsync("configured", "discount", "15");
        while (!change.IsCompleted)
        {
            // Again, because the SDK does not tell when its subscription has begun.
            await app.SetConfigurationAsync("discount", "15");
            await Task.WhenAny(change, Task.Delay(100));
        }

        await change;
    }

    public sealed class Fixture() : BlocksApp("grpc");
}

/// <summary>What holds for the SDK's client over both protocols.</summary>
public abstract class BuildingBlockTests(BlocksApp app)
{
    // The SDK's numbers for the answers to unlock.
    private const string Unlocked = "0";
    private const string LockBelongsToOthers = "2";

    [FactWhereNodeIs]
    public async Task State_is_saved_read_and_deleted()
    {
        await app.CallAsync("save", (object)new[] { Item("one", new { name = "Ada" }), Item("two", "text") });

        Assert.Equal("""{"name":"Ada"}""", await app.CallAsync("get", "one"));
        Assert.Equal("\"text\"", await app.CallAsync("get", "two"));
        Assert.Contains("\"key\":\"one\"", await app.CallAsync("getBulk", (object)new[] { "one", "two" }), StringComparison.Ordinal);

        await app.CallAsync("delete", "one");
        Assert.Equal("null", await app.CallAsync("get", "one"));
    }

    [FactWhereNodeIs]
    public async Task A_transaction_changes_all_its_keys()
    {
        await app.CallAsync("save", (object)new[] { Item("gone", "old") });
        await app.CallAsync(
            "transaction",
            (object)new[]
            {
                new { operation = "upsert", request = new { key = "kept", value = "new" } },
                new { operation = "delete", request = new { key = "gone", value = "" } },
            });

        Assert.Equal("\"new\"", await app.CallAsync("get", "kept"));
        Assert.Equal("null", await app.CallAsync("get", "gone"));
    }

    [FactWhereNodeIs]
    public async Task Published_events_reach_the_subscriber()
    {
        await app.CallAsync("publish", "orders", new { order = 1 });
        Assert.Equal("""[{"order":1}]""", await app.CallAsync("received", 1));

        Assert.Equal("0", await app.CallAsync("publishBulk", "orders", new[] { new { order = 2 }, new { order = 3 } }));
        var received = await app.CallAsync("received", 2);
        Assert.Contains("""{"order":2}""", received, StringComparison.Ordinal);
        Assert.Contains("""{"order":3}""", received, StringComparison.Ordinal);

        await app.CallAsync("publish", "refused", "again");
        Assert.Equal("""["again"]""", await app.CallAsync("received", 1));
    }

    [FactWhereNodeIs]
    public async Task A_method_of_an_app_is_invoked()
    {
        Assert.Contains("\"price\":42", await app.CallAsync("invoke", BlocksApp.AppId, "price", "GET", null), StringComparison.Ordinal);
        Assert.Equal("""{"echoed":{"sku":"MUG"}}""", await app.CallAsync("invoke", BlocksApp.AppId, "echo", "POST", new { sku = "MUG" }));
    }

    [FactWhereNodeIs]
    public async Task A_lock_has_one_owner_at_a_time()
    {
        Assert.Equal("true", await app.CallAsync("lock", "stock", "ada"));
        Assert.Equal("false", await app.CallAsync("lock", "stock", "bob"));
        Assert.Equal(LockBelongsToOthers, await app.CallAsync("unlock", "stock", "bob"));
        Assert.Equal(Unlocked, await app.CallAsync("unlock", "stock", "ada"));
        Assert.Equal("true", await app.CallAsync("lock", "stock", "bob"));
    }

    [FactWhereNodeIs]
    public async Task The_metadata_name_the_app() => Assert.Equal($"\"{BlocksApp.AppId}\"", await app.CallAsync("metadata"));

    private static object Item(string key, object value) => new { key, value };
}

/// <summary>The running app beside its sidecar.</summary>
public abstract class BlocksApp(string clientProtocol) : IAsyncLifetime
{
    public const string AppId = "node-app";

    private EmbeddedDapr? _dapr;
    private NodeApp? _app;

    public async Task InitializeAsync()
    {
        if (NodeJs.Missing is not null)
        {
            return;
        }

        var port = FreePorts.Next();
        _dapr = await EmbeddedDapr.StartAsync(new EmbeddedDaprOptions
        {
            Apps =
            [
                new EmbeddedApp(
                    new SidecarOptions { AppId = AppId, AppPort = port, ApiToken = null, AppToken = null },
                    new ResourceSet
                    {
                        Components =
                        [
                            new Component
                            {
                                Name = "statestore",
                                Type = "state.sqlite",
                                Metadata = new Dictionary<string, string> { ["actorStateStore"] = "true" },
                            },
                            new Component { Name = "pubsub", Type = "pubsub.redis" },
                            new Component { Name = "configstore", Type = "configuration.redis" },
                            new Component { Name = "lockstore", Type = "lock.redis" },
                        ],
                        Resiliency =
                        [
                            new ResiliencySpec
                            {
                                Retries = new Dictionary<string, RetrySpec> { ["again"] = new() { Duration = TimeSpan.FromMilliseconds(10), MaxRetries = 2 } },
                                Inbound = new Dictionary<string, TargetSpec> { ["pubsub"] = new(null, "again", null) },
                            },
                        ],
                    }),
            ],
        });
        _app = await NodeApp.StartAsync("blocks.mjs", new Dictionary<string, string>
        {
            ["APP_PORT"] = $"{port}",
            ["DAPR_HTTP_PORT"] = $"{_dapr.Sidecars[0].HttpPort}",
            ["DAPR_GRPC_PORT"] = $"{_dapr.Sidecars[0].GrpcPort}",
            ["CLIENT_PROTOCOL"] = clientProtocol,
        });
        await _dapr.WaitUntilReadyAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        if (_dapr is not null)
        {
            await _dapr.DisposeAsync();
        }
    }

    internal async Task SetConfigurationAsync(string key, string value)
    {
        using var http = new HttpClient { BaseAddress = _dapr!.Sidecars[0].HttpEndpoint };
        using var answer = await http.PutAsync($"/embedded/configuration/configstore/{key}", new StringContent(value));
        answer.EnsureSuccessStatusCode();
    }

    internal Task<string> CallAsync(string scenario, params object?[] arguments) => _app!.CallAsync(scenario, arguments);
}
