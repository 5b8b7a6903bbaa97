using System.Text.Json;
using DaprShop.Sidecar.Resources;
using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using static Dapr.AppCallback.Autogen.Grpc.v1.TopicEventResponse.Types;

namespace DaprShop.Sidecar.Tests.PubSub;

/// <summary>SubscribeTopicEventsAlpha1: events come on a stream that the app opened, to an app without a port.</summary>
public sealed class StreamingSubscriptionTests
{
    [Fact]
    public async Task An_event_arrives_with_its_attributes_and_data()
    {
        await using var dapr = await StartAsync();
        using var stream = await TopicStream.OpenAsync(dapr, "orders");

        await dapr.Client("shop").PublishEventAsync("pubsub", "orders", new { Total = 3 }, new Dictionary<string, string>
        {
            ["cloudevent.id"] = "e1",
            ["cloudevent.type"] = "OrderCreated",
        });

        var message = await stream.NextAsync();
        Assert.Equal(("e1", "shop", "OrderCreated", "1.0"), (message.Id, message.Source, message.Type, message.SpecVersion));
        Assert.Equal(("pubsub", "orders", "/", "application/json"), (message.PubsubName, message.Topic, message.Path, message.DataContentType));
        Assert.Equal("""{"total":3}""", message.Data.ToStringUtf8());
        Assert.Equal("orders", message.Extensions.Fields["topic"].StringValue);
        Assert.DoesNotContain("data", message.Extensions.Fields.Keys);
    }

    [Theory]
    [InlineData("text/plain", "plain", "plain")]
    [InlineData("application/octet-stream", "bytes", "bytes")]
    [InlineData("application/json", "\"quoted\"", "\"quoted\"")]
    public async Task Data_is_what_was_published(string contentType, string published, string received)
    {
        await using var dapr = await StartAsync();
        using var stream = await TopicStream.OpenAsync(dapr, "orders");

        await PublishAsync(dapr, "orders", published, contentType);

        Assert.Equal(received, await stream.TakeAsync());
    }

    [Fact]
    public async Task An_acknowledged_event_does_not_come_again_and_a_retried_one_does()
    {
        await using var dapr = await StartAsync(retries: 5);
        using var stream = await TopicStream.OpenAsync(dapr, "orders");

        await PublishAsync(dapr, "orders", "1");
        Assert.Equal("1", await stream.TakeAsync(TopicEventResponseStatus.Retry));
        Assert.Equal("1", await stream.TakeAsync(TopicEventResponseStatus.Retry));
        Assert.Equal("1", await stream.TakeAsync());
        await PublishAsync(dapr, "orders", "2");

        Assert.Equal("2", await stream.TakeAsync());
    }

    [Theory]
    [InlineData(TopicEventResponseStatus.Drop, 1)]
    [InlineData(TopicEventResponseStatus.Retry, 3)]
    [InlineData((TopicEventResponseStatus)9, 3)]
    public async Task An_event_that_is_dropped_or_fails_for_good_is_a_dead_letter(TopicEventResponseStatus answer, int deliveries)
    {
        await using var dapr = await StartAsync(retries: 2);
        using var stream = await TopicStream.OpenAsync(dapr, "orders", deadLetterTopic: "dead");
        using var dead = await TopicStream.OpenAsync(dapr, "dead");

        await PublishAsync(dapr, "orders", "1");
        for (var i = 0; i < deliveries; i++)
        {
            Assert.Equal("1", await stream.TakeAsync(answer));
        }

        Assert.Equal("1", await dead.TakeAsync());
    }

    [Fact]
    public async Task Many_events_are_in_flight_and_answered_in_any_order()
    {
        await using var dapr = await StartAsync();
        using var stream = await TopicStream.OpenAsync(dapr, "orders");
        string[] all = [.. Enumerable.Range(0, 10).Select(i => $"{i}")];
        await Task.WhenAll(all.Select(text => PublishAsync(dapr, "orders", text)));

        var messages = new List<Dapr.AppCallback.Autogen.Grpc.v1.TopicEventRequest>();
        while (messages.Count < all.Length)
        {
            messages.Add(await stream.NextAsync());
        }

        messages.Reverse();
        foreach (var message in messages)
        {
            await stream.AnswerAsync(message.Id, TopicEventResponseStatus.Success);
        }

        Assert.Equal(all, messages.Select(message => message.Data.ToStringUtf8()).Order());
        await PublishAsync(dapr, "orders", "last");
        Assert.Equal("last", await stream.TakeAsync());
    }

    [Fact]
    public async Task Two_events_with_one_id_are_answered_one_after_the_other()
    {
        await using var dapr = await StartAsync();
        using var stream = await TopicStream.OpenAsync(dapr, "orders");
        await PublishAsync(dapr, "orders?metadata.cloudevent.id=same", "1");
        await PublishAsync(dapr, "orders?metadata.cloudevent.id=same", "2");

        Assert.Equal(["1", "2"], new[] { await stream.TakeAsync(), await stream.TakeAsync() }.Order());
    }

    [Fact]
    public async Task Streams_of_several_topics_get_their_own_and_those_of_one_topic_share()
    {
        await using var dapr = await StartAsync();
        using var orders = await TopicStream.OpenAsync(dapr, "orders");
        using var payments = await TopicStream.OpenAsync(dapr, "payments");
        await PublishAsync(dapr, "payments", "paid");
        await PublishAsync(dapr, "orders", "ordered");
        Assert.Equal(("ordered", "paid"), (await orders.TakeAsync(), await payments.TakeAsync()));

        // One stream holds 16 unanswered events at most: what is over goes to the other one.
        using var second = await TopicStream.OpenAsync(dapr, "orders");
        await Task.WhenAll(Enumerable.Range(0, 32).Select(i => PublishAsync(dapr, "orders", $"{i}")));
        var received = new List<string>();
        for (var i = 0; i < 16; i++)
        {
            received.Add((await orders.NextAsync()).Data.ToStringUtf8());
            received.Add((await second.NextAsync()).Data.ToStringUtf8());
        }

        Assert.Equal(32, received.Distinct().Count());
    }

    [Fact]
    public async Task A_stream_that_breaks_gives_back_what_it_has_not_answered()
    {
        await using var dapr = await StartAsync();
        using var other = await TopicStream.OpenAsync(dapr, "others");
        using (var broken = await TopicStream.OpenAsync(dapr, "orders"))
        {
            await PublishAsync(dapr, "orders", "1");
            await PublishAsync(dapr, "orders", "2");
            Assert.Equal(["1", "2"], new[] { (await broken.NextAsync()).Data.ToStringUtf8(), (await broken.NextAsync()).Data.ToStringUtf8() }.Order());
        }

        using var stream = await TopicStream.OpenAsync(dapr, "orders");

        Assert.Equal(["1", "2"], new[] { await stream.TakeAsync(), await stream.TakeAsync() }.Order());
    }

    [Fact]
    public async Task A_client_that_ends_its_side_unsubscribes()
    {
        await using var dapr = await StartAsync();
        using var first = await TopicStream.OpenAsync(dapr, "orders");
        await first.CompleteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(first.ReadAsync);

        await PublishAsync(dapr, "orders", "1");
        using var second = await TopicStream.OpenAsync(dapr, "orders");

        Assert.Equal("1", await second.TakeAsync());
    }

    [Fact]
    public async Task An_event_without_an_answer_comes_again_after_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("dapr-stream-").FullName;
        try
        {
            var database = Path.Combine(folder, "dapr.db");
            await using (var dapr = await SidecarFixture.StartAsync(database, TimeProvider.System, Shop(0)))
            {
                using var stream = await TopicStream.OpenAsync(dapr, "orders");
                await PublishAsync(dapr, "orders", "1");
                Assert.Equal("1", await stream.TakeAsync());
                await PublishAsync(dapr, "orders", "2");
                Assert.Equal("2", (await stream.NextAsync()).Data.ToStringUtf8());
            }

            await using var again = await SidecarFixture.StartAsync(database, TimeProvider.System, Shop(0));
            using var later = await TopicStream.OpenAsync(again, "orders");
            Assert.Equal("2", await later.TakeAsync());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Metadata_shows_a_stream_as_long_as_it_is_open()
    {
        await using var dapr = await StartAsync();
        using (await TopicStream.OpenAsync(dapr, "orders", deadLetterTopic: "dead"))
        {
            var shown = Assert.Single(await SubscriptionsAsync(dapr));
            Assert.Equal(
                ("orders", "STREAMING", "dead", "/"),
                (shown.GetProperty("topic").GetString(), shown.GetProperty("type").GetString(), shown.GetProperty("deadLetterTopic").GetString(),
                    shown.GetProperty("rules")[0].GetProperty("path").GetString()));
        }

        await Eventually.TrueAsync(async () => (await SubscriptionsAsync(dapr)).Count == 0);
    }

    [Fact]
    public async Task A_sidecar_that_stops_ends_the_stream()
    {
        await using var dapr = await StartAsync();
        using var stream = await TopicStream.OpenAsync(dapr, "orders");
        await PublishAsync(dapr, "orders", "1");
        Assert.Equal("1", await stream.TakeAsync());

        using var stopped = await dapr.Http("shop").PostAsync(new Uri("/v1.0/shutdown", UriKind.Relative), null);

        var end = await Assert.ThrowsAsync<RpcException>(stream.ReadAsync);
        Assert.Equal(StatusCode.Unavailable, end.StatusCode);
    }

    [Theory]
    [InlineData("nopubsub", "orders", StatusCode.InvalidArgument, "pubsub nopubsub is not found")]
    [InlineData("", "orders", StatusCode.InvalidArgument, "pubsub name is empty")]
    [InlineData("pubsub", "", StatusCode.InvalidArgument, "topic is empty in pubsub pubsub")]
    [InlineData("scoped", "secret", StatusCode.PermissionDenied, "topic secret is not allowed for app id shop")]
    public async Task A_subscription_that_cannot_be_says_why(string pubSub, string topic, StatusCode status, string detail)
    {
        await using var dapr = await StartAsync();
        using var stream = new TopicStream(dapr.Endpoint("shop").GrpcEndpoint);
        await stream.WriteAsync(TopicStream.Initial(pubSub, topic));

        var refused = await Assert.ThrowsAsync<RpcException>(stream.ReadAsync);

        Assert.Equal((status, detail), (refused.StatusCode, refused.Status.Detail));
    }

    [Fact]
    public async Task A_stream_begins_with_one_initial_request_and_no_more()
    {
        await using var dapr = await StartAsync();
        using var without = new TopicStream(dapr.Endpoint("shop").GrpcEndpoint);
        await without.AnswerAsync("1", TopicEventResponseStatus.Success);
        var none = await Assert.ThrowsAsync<RpcException>(without.ReadAsync);

        using var twice = await TopicStream.OpenAsync(dapr, "orders");
        await twice.WriteAsync(TopicStream.Initial("pubsub", "payments"));
        var two = await Assert.ThrowsAsync<RpcException>(twice.ReadAsync);

        Assert.Equal((StatusCode.InvalidArgument, "initial request is required"), (none.StatusCode, none.Status.Detail));
        Assert.Equal((StatusCode.InvalidArgument, "duplicate initial request received"), (two.StatusCode, two.Status.Detail));
    }

    private static Task<SidecarFixture> StartAsync(int retries = 0) => SidecarFixture.StartAsync(Shop(retries));

    private static TestApp Shop(int retries) => new("shop")
    {
        Components =
        [
            TestComponents.Component("pubsub", "pubsub.redis"),
            TestComponents.Component("scoped", "pubsub.redis", ("protectedTopics", "secret")),
        ],
        Resiliency =
        [
            new ResiliencySpec
            {
                Retries = new Dictionary<string, RetrySpec> { ["again"] = new() { Duration = TimeSpan.FromMilliseconds(10), MaxRetries = retries } },
                Inbound = new Dictionary<string, TargetSpec> { ["pubsub"] = new(null, "again", null) },
            },
        ],
    };

    private static async Task PublishAsync(SidecarFixture dapr, string topic, string text, string contentType = "text/plain")
    {
        using var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(text));
        content.Headers.ContentType = new(contentType);
        using var response = await dapr.Http("shop").PostAsync(new Uri($"/v1.0/publish/pubsub/{topic}", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
    }

    private static async Task<List<JsonElement>> SubscriptionsAsync(SidecarFixture dapr)
    {
        using var metadata = JsonDocument.Parse(await dapr.Http("shop").GetStringAsync(new Uri("/v1.0/metadata", UriKind.Relative)));
        return metadata.RootElement.TryGetProperty("subscriptions", out var list) ? [.. list.Clone().EnumerateArray()] : [];
    }
}
