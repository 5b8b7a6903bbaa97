using System.Text;
using System.Text.Json;
using Dapr.Client;
using DaprShop.Sidecar.PubSub;
using static DaprShop.Sidecar.Tests.TestComponents;

namespace DaprShop.Sidecar.Tests.State;

/// <summary>The rows of what a real daprd's outbox does, with Dapr.Client's transactions.</summary>
public sealed class OutboxTests
{
    [Fact]
    public async Task An_upsert_without_metadata_publishes_its_json_as_a_string()
    {
        await using var dapr = await StartAsync();

        var published = Assert.Single(await TransactAsync(dapr, Upsert("o1", """{"x":1}""")));

        Assert.Equal("""{"x":1}""", published.GetProperty("data").GetString());
        Assert.Equal("text/plain", Text(published, "datacontenttype"));
        Assert.Equal("com.dapr.event.sent", Text(published, "type"));
        Assert.Equal("orders", Text(published, "source"));
        Assert.Equal("events", Text(published, "topic"));
        Assert.Equal("pubsub", Text(published, "pubsubname"));
        Assert.Matches("^outbox-[0-9a-f-]{36}$", Text(published, "id"));
        Assert.Equal("", Text(published, "traceparent"));
        Assert.Equal("", Text(published, "traceid"));
    }

    [Fact]
    public async Task With_content_type_json_the_data_is_the_object()
    {
        await using var dapr = await StartAsync();

        var published = Assert.Single(await TransactAsync(dapr, Upsert("o1", """{"x":1}""", ("contentType", "application/json"))));

        Assert.Equal(1, published.GetProperty("data").GetProperty("x").GetInt32());
        Assert.Equal("application/json", Text(published, "datacontenttype"));
        Assert.Equal("application/json", Text(published, "contentType"));
    }

    [Fact]
    public async Task Datacontenttype_alone_leaves_the_data_a_string()
    {
        await using var dapr = await StartAsync();

        var published = Assert.Single(await TransactAsync(dapr, Upsert("o1", """{"x":1}""", ("datacontenttype", "application/json"))));

        Assert.Equal(JsonValueKind.String, published.GetProperty("data").ValueKind);
        Assert.Equal("application/json", Text(published, "datacontenttype"));
    }

    [Fact]
    public async Task Type_source_and_subject_become_attributes_and_an_id_is_ignored()
    {
        await using var dapr = await StartAsync();

        var published = Assert.Single(await TransactAsync(dapr, Upsert(
            "o1", "1", ("type", "OrderCreated"), ("source", "shop"), ("subject", "o1"), ("id", "mine"), ("cloudevent.type", "other"))));

        Assert.Equal(("OrderCreated", "shop", "o1"), (Text(published, "type"), Text(published, "source"), Text(published, "subject")));
        Assert.StartsWith("outbox-", Text(published, "id"), StringComparison.Ordinal);
        Assert.Equal("other", Text(published, "cloudevent.type"));
    }

    [Fact]
    public async Task A_projection_is_published_and_the_state_is_stored()
    {
        await using var dapr = await StartAsync();

        var published = Assert.Single(await TransactAsync(
            dapr,
            Upsert("o1", """{"state":true}""", ("type", "OrderCreated"), ("contentType", "application/json")),
            Upsert("o1", """{"event":true}""", ("type", "Ignored"), ("outbox.projection", "true"), ("contentType", "application/json"))));

        Assert.True(published.GetProperty("data").GetProperty("event").GetBoolean());
        Assert.Equal("OrderCreated", Text(published, "type"));
        using var client = dapr.Client("orders");
        Assert.True((await client.GetStateAsync<JsonElement>("store", "o1")).GetProperty("state").GetBoolean());
    }

    [Fact]
    public async Task Two_upserts_are_two_events_and_a_delete_is_none()
    {
        await using var dapr = await StartAsync();

        var published = await TransactAsync(dapr, Upsert("a", "1"), Upsert("b", "2"), new StateTransactionRequest("c", null!, StateOperationType.Delete));

        Assert.Equal(["1", "2"], published.Select(item => Text(item, "data")));
    }

    [Fact]
    public async Task A_transaction_that_fails_publishes_nothing()
    {
        await using var dapr = await StartAsync();

        await Assert.ThrowsAsync<Dapr.DaprException>(() => TransactAsync(
            dapr, Upsert("a", "1"), new StateTransactionRequest("b", "2"u8.ToArray(), StateOperationType.Upsert, "stale")));

        Assert.Empty(await TransactAsync(dapr));
        using var client = dapr.Client("orders");
        Assert.Null(await client.GetStateAsync<string>("store", "a"));
    }

    [Fact]
    public async Task A_save_that_is_no_transaction_publishes_nothing()
    {
        await using var dapr = await StartAsync();
        using var client = dapr.Client("orders");
        Assert.Empty(await TransactAsync(dapr));

        await client.SaveStateAsync("store", "a", 1);

        Assert.Empty(await TransactAsync(dapr));
    }

    private static StateTransactionRequest Upsert(string key, string json, params (string Name, string Value)[] metadata) => new(
        key, Encoding.UTF8.GetBytes(json), StateOperationType.Upsert, metadata: metadata.ToDictionary(item => item.Name, item => item.Value));

    private static string? Text(JsonElement cloudEvent, string name) => cloudEvent.GetProperty(name).GetString();

    /// <summary>Runs a transaction and returns what is on the topic after it; without operations it only looks.</summary>
    private static async Task<List<JsonElement>> TransactAsync(SidecarFixture dapr, params StateTransactionRequest[] operations)
    {
        var group = await dapr.Dapr.Shared.Broker.JoinAsync("pubsub", "events", "test", kept: true, CancellationToken.None);
        if (operations.Length > 0)
        {
            using var client = dapr.Client("orders");
            await client.ExecuteStateTransactionAsync("store", operations);
        }

        // A marker of our own comes after all that was committed before it.
        await dapr.Dapr.Shared.Broker.AppendAsync(
            "pubsub", "events", new BrokerMessage("end"u8.ToArray(), "text/plain", BrokerMessage.NoMetadata, null), CancellationToken.None);
        var events = new List<JsonElement>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await group.TakeAsync(patience.Token) is { Message.ContentType: not "text/plain" } taken)
        {
            Assert.Equal("application/cloudevents+json", taken.Message.ContentType);
            events.Add(JsonDocument.Parse(taken.Message.Data).RootElement);
        }

        return events;
    }

    private static Task<SidecarFixture> StartAsync() => SidecarFixture.StartAsync(new TestApp("orders")
    {
        Components =
        [
            Component("store", "state.sqlite", ("outboxPublishPubsub", "pubsub"), ("outboxPublishTopic", "events")),
            Component("pubsub", "pubsub.redis"),
        ],
    });
}
