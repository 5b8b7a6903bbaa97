using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapr;
using DaprShop.Sidecar.Storage;
using DaprShop.Sidecar.Tests.PubSub;
using Microsoft.AspNetCore.Builder;
using static DaprShop.Sidecar.Tests.TestComponents;

namespace DaprShop.Sidecar.Tests.Storage;

/// <summary>SQLite answers that the disk is full: its number of pages is limited to those it has.</summary>
public sealed class FullDiskTests
{
    private static readonly string Large = new('x', 200_000);

    private readonly Received _received = new();

    [Theory]
    [InlineData("POST", "/v1.0/state/store", """[{"key":"k","value":"LARGE"}]""", "ERR_STATE_SAVE", "failed saving state in state store store: database or disk is full")]
    [InlineData("POST", "/v1.0/state/store/transaction", """{"operations":[{"operation":"upsert","request":{"key":"k","value":"LARGE"}}]}""", "ERR_STATE_TRANSACTION", "error while executing state transaction: database or disk is full")]
    [InlineData("POST", "/v1.0/publish/pubsub/orders", "\"LARGE\"", "ERR_PUBSUB_PUBLISH_MESSAGE", "error when publishing to topic orders in pubsub pubsub: database or disk is full")]
    [InlineData("POST", "/v1.0-alpha1/lock/lock", """{"resourceId":"LARGE","lockOwner":"a","expiryInSeconds":9}""", "ERR_TRY_LOCK", "failed to try acquiring lock: database or disk is full")]
    [InlineData("PUT", "/embedded/configuration/config/key", "LARGE", "ERR_INTERNAL", "database or disk is full")]
    [InlineData("POST", "/v1.0/workflows/dapr/sell/start?instanceID=a", "\"LARGE\"", "ERR_START_WORKFLOW", "error starting workflow 'sell': unable to start workflow: failed to start orchestration: could not be stored: database or disk is full")]
    public async Task What_cannot_be_stored_is_refused_with_the_blocks_own_error_and_works_again_once_there_is_room(
        string method, string path, string body, string code, string message)
    {
        await using var dapr = await StartAsync();
        await FillAsync(dapr);

        var (status, refused) = await SendAsync(dapr, method, path, body);

        Assert.Equal(HttpStatusCode.InternalServerError, status);
        var error = JsonDocument.Parse(refused).RootElement;
        Assert.Equal((code, message), (error.GetProperty("errorCode").GetString(), error.GetProperty("message").GetString()));
        Assert.Equal(HttpStatusCode.NoContent, (await dapr.Http("shop").GetAsync("/v1.0/state/store/k")).StatusCode);

        await EmptyAsync(dapr);
        var (again, _) = await SendAsync(dapr, method, path, body);

        Assert.True((int)again < 300, again.ToString());
    }

    [Fact]
    public async Task Over_gRPC_the_status_tells_it()
    {
        await using var dapr = await StartAsync();
        using var client = dapr.Client("shop");
        await FillAsync(dapr);

        var refused = await Assert.ThrowsAsync<DaprException>(() => client.SaveStateAsync("store", "k", Large));
        var failed = await client.BulkPublishEventAsync("pubsub", "orders", [Large, "small"]);

        Assert.Contains("failed saving state in state store store: database or disk is full", refused.InnerException!.Message, StringComparison.Ordinal);
        Assert.Equal(2, failed.FailedEntries.Count);
        Assert.All(failed.FailedEntries, entry => Assert.Equal("database or disk is full", entry.ErrorMessage));
    }

    [Fact]
    public async Task Only_what_was_acknowledged_is_delivered_and_kept()
    {
        await using var dapr = await StartAsync();
        var http = dapr.Http("shop");
        (await http.PostAsync("/v1.0/publish/pubsub/orders", new StringContent("before"))).EnsureSuccessStatusCode();
        await _received.AtLeastAsync(1);
        await FillAsync(dapr);
        var acknowledged = new HashSet<string> { "before" };
        for (var i = 0; i < 50; i++)
        {
            // Small ones too: some of them find room in pages that are there, the others do not.
            var text = $"{i} {new string('x', i % 2 == 0 ? 20_000 : 10)}";
            using var published = await http.PostAsync("/v1.0/publish/pubsub/orders", new StringContent(text));
            if (published.IsSuccessStatusCode)
            {
                acknowledged.Add(text);
            }
        }

        await EmptyAsync(dapr);
        (await http.PostAsync("/v1.0/publish/pubsub/orders", new StringContent("after"))).EnsureSuccessStatusCode();
        acknowledged.Add("after");

        var all = await _received.UntilAsync(deliveries => deliveries.Any(delivery => delivery.Text == "after") && deliveries.Count >= acknowledged.Count);
        Assert.Equal(acknowledged.Order(), all.Select(delivery => delivery.Text!).Distinct().Order());
        Assert.True(acknowledged.Count < 52);
    }

    [Fact]
    public async Task A_write_that_does_not_fit_leaves_the_next_one_alone()
    {
        await using var database = Database.OpenEphemeral();
        database.EnsureSchema("CREATE TABLE notes(text TEXT)");
        await LimitAsync(database, pages: 0);

        await Assert.ThrowsAsync<StorageException>(() => database.WriteAsync(session => { session.Execute("INSERT INTO notes VALUES($1)", Large); }));
        await database.WriteAsync(session => { session.Execute("INSERT INTO notes VALUES($1)", "small"); });

        Assert.Equal(["small"], database.Read(session => session.Query("SELECT text FROM notes", row => row.GetString(0))));
    }

    private static Task<long> FillAsync(SidecarFixture dapr) => LimitAsync(dapr.Dapr.Shared.Database, pages: 0);

    private static Task<long> EmptyAsync(SidecarFixture dapr) => LimitAsync(dapr.Dapr.Shared.Database, pages: 1_000_000);

    /// <summary>No limit can be below what there is, so 0 leaves no room for a further page.</summary>
    private static Task<long> LimitAsync(Database database, int pages) => database.WriteAsync(session =>
        session.Scalar<long>(pages == 0 ? "PRAGMA max_page_count = 1" : "PRAGMA max_page_count = 1000000"));

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(SidecarFixture dapr, string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = new StringContent(body.Replace("LARGE", Large, StringComparison.Ordinal), System.Text.Encoding.UTF8, "application/json"),
        };
        using var response = await dapr.Http("shop").SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private Task<SidecarFixture> StartAsync() => SidecarFixture.StartAsync(new TestApp("shop")
    {
        Components =
        [
            Component("store", "state.sqlite"), Component("pubsub", "pubsub.redis"), Component("lock", "lock.redis"), Component("config", "configuration.redis"),
        ],
        Routes = app =>
        {
            app.Announce(Subscriber.To("orders", "/orders"));
            app.Take("/orders", _received);
        },
    });
}
