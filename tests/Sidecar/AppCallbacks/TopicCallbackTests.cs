using System.Text.Json;
using Dapr.AppCallback.Autogen.Grpc.v1;
using DaprShop.Sidecar.Resources;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using static Dapr.AppCallback.Autogen.Grpc.v1.TopicEventResponse.Types;

namespace DaprShop.Sidecar.Tests.AppCallbacks;

/// <summary>Events to an app that speaks gRPC: ListTopicSubscriptions, OnTopicEvent, OnBulkTopicEvent.</summary>
public sealed class TopicCallbackTests
{
    private readonly CallbackApp _app = new();

    [Fact]
    public async Task The_app_announces_its_topics_and_gets_their_events()
    {
        _app.Subscriptions.Add(To("orders"));
        await using var dapr = await StartAsync(token: "the app's token", sampling: "1");

        await PublishAsync(dapr, "orders", new { Total = 3 });

        var message = Assert.Single(await _app.AtLeastAsync<TopicEventRequest>(1));
        Assert.Equal(("pubsub", "orders", "", "shop"), (message.PubsubName, message.Topic, message.Path, message.Source));
        Assert.Equal("""{"total":3}""", message.Data.ToStringUtf8());
        var metadata = _app.MetadataOf<TopicEventRequest>();
        Assert.Equal("the app's token", metadata.GetValue("dapr-api-token"));
        Assert.Equal(message.Extensions.Fields["traceparent"].StringValue.Split('-')[1], metadata.GetValue("traceparent")!.Split('-')[1]);
    }

    [Fact]
    public async Task The_path_tells_which_rule_matched()
    {
        var subscription = To("orders");
        subscription.Routes = new TopicRoutes { Default = "/others", Rules = { new TopicRule { Match = "event.type == \"special\"", Path = "/special" } } };
        _app.Subscriptions.Add(subscription);
        await using var dapr = await StartAsync();

        await PublishAsync(dapr, "orders", 1);
        await PublishAsync(dapr, "orders", 2, "special");

        Assert.Equal(
            [("/others", "1"), ("/special", "2")],
            (await _app.AtLeastAsync<TopicEventRequest>(2)).Select(message => (message.Path, message.Data.ToStringUtf8())).Order());
    }

    [Fact]
    public async Task Declarative_subscriptions_reach_the_app_too()
    {
        await using var dapr = await SidecarFixture.StartAsync(Shop() with
        {
            Subscriptions = [new Subscription { PubSubName = "pubsub", Topic = "orders", Rules = [new SubscriptionRule("", "/declared")], Declarative = true }],
        });

        await PublishAsync(dapr, "orders", 1);

        Assert.Equal("/declared", (await _app.AtLeastAsync<TopicEventRequest>(1))[0].Path);
    }

    [Theory]
    [InlineData(TopicEventResponseStatus.Drop, 1)]
    [InlineData(TopicEventResponseStatus.Retry, 3)]
    [InlineData((TopicEventResponseStatus)9, 3)]
    public async Task A_status_says_whether_an_event_is_tried_again(TopicEventResponseStatus status, int deliveries)
    {
        _app.OnTopicEvent = message => new TopicEventResponse { Status = message.Topic == "dead" ? TopicEventResponseStatus.Success : status };

        await FailAsync(deliveries);
    }

    [Theory]
    [InlineData(StatusCode.Unimplemented, 1)]
    [InlineData(StatusCode.Internal, 3)]
    [InlineData(StatusCode.InvalidArgument, 1)] // Not in the retry's matching.
    public async Task A_refusal_is_judged_by_its_code(StatusCode code, int deliveries)
    {
        _app.OnTopicEvent = message => message.Topic == "dead" ? new TopicEventResponse() : throw new RpcException(new Status(code, "no"));

        await FailAsync(deliveries);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bulk_events_come_together_and_are_answered_one_by_one(bool stable)
    {
        var subscription = To("orders", deadLetterTopic: "dead");
        subscription.BulkSubscribe = new BulkSubscribeConfig { Enabled = true, MaxMessagesCount = 3, MaxAwaitDurationMs = 20_000 };
        _app.Subscriptions.Add(subscription);
        var failures = 1;
        _app.OnBulkTopicEvent = request => new TopicEventBulkResponse
        {
            Statuses =
            {
                request.Entries.Select(entry => new TopicEventBulkResponseEntry
                {
                    EntryId = entry.EntryId,
                    Status = entry.CloudEvent.Data.ToStringUtf8() == "2" && failures-- > 0 ? TopicEventResponseStatus.Retry : TopicEventResponseStatus.Success,
                }),
            },
        };
        await using var dapr = await SidecarFixture.StartAsync(Shop(stable ? null : app =>
        {
            app.MapGrpcService<CallbackApp.Older>();
            app.MapGrpcService<CallbackApp.Alpha>();
        }));

        foreach (var number in new[] { 1, 2, 3 })
        {
            await PublishAsync(dapr, "orders", number);
        }

        var calls = await _app.AtLeastAsync<TopicEventBulkRequest>(2);
        Assert.Equal(["1", "2", "3"], calls[0].Entries.Select(entry => entry.CloudEvent.Data.ToStringUtf8()).Order());
        Assert.Equal(["2"], calls[1].Entries.Select(entry => entry.CloudEvent.Data.ToStringUtf8()));
        Assert.Equal(("pubsub", "orders", "com.dapr.event.sent.bulk"), (calls[0].PubsubName, calls[0].Topic, calls[0].Type));
    }

    [Fact]
    public async Task A_raw_subscriber_gets_the_bytes()
    {
        var subscription = To("orders");
        subscription.Metadata["rawPayload"] = "true";
        _app.Subscriptions.Add(subscription);
        await using var dapr = await StartAsync();

        await dapr.Client("shop").PublishByteEventAsync(
            "pubsub", "orders", new byte[] { 0, 255, 1 }, "application/octet-stream", new Dictionary<string, string> { ["rawPayload"] = "true" });

        Assert.Equal([0, 255, 1], (await _app.AtLeastAsync<TopicEventRequest>(1))[0].Data.ToByteArray());
    }

    [Fact]
    public async Task An_app_without_call_backs_subscribes_to_nothing()
    {
        await using var dapr = await SidecarFixture.StartAsync(Shop(_ => { }));

        Assert.Equal(0, await CountSubscriptionsAsync(dapr));
    }

    private async Task FailAsync(int deliveries)
    {
        _app.Subscriptions.AddRange([To("orders", "dead"), To("dead")]);
        await using var dapr = await StartAsync();

        await PublishAsync(dapr, "orders", 1);
        await Eventually.TrueAsync(() => Task.FromResult(_app.Calls<TopicEventRequest>().Any(message => message.Topic == "dead")));

        Assert.Equal(deliveries, _app.Calls<TopicEventRequest>().Count(message => message.Topic == "orders"));
    }

    private Task<SidecarFixture> StartAsync(string? token = null, string sampling = "0")
    {
        var shop = Shop();
        return SidecarFixture.StartAsync(shop with
        {
            Configuration = new ConfigurationSpec { SamplingRate = sampling },
            Configure = options => shop.Configure(options) with { AppToken = token },
        });
    }

    private TestApp Shop(Action<WebApplication>? services = null) => _app.As("shop", services) with
    {
        Components = [TestComponents.Component("pubsub", "pubsub.redis")],
        Resiliency =
        [
            new ResiliencySpec
            {
                Retries = new Dictionary<string, RetrySpec>
                {
                    ["again"] = new() { Duration = TimeSpan.FromMilliseconds(10), MaxRetries = 2, GrpcStatusCodes = "13" },
                },
                Inbound = new Dictionary<string, TargetSpec> { ["pubsub"] = new(null, "again", null) },
            },
        ],
    };

    private static TopicSubscription To(string topic, string deadLetterTopic = "") =>
        new() { PubsubName = "pubsub", Topic = topic, DeadLetterTopic = deadLetterTopic };

    private static async Task<int> CountSubscriptionsAsync(SidecarFixture dapr)
    {
        using var metadata = JsonDocument.Parse(await dapr.Http("shop").GetStringAsync(new Uri("/v1.0/metadata", UriKind.Relative)));
        return metadata.RootElement.TryGetProperty("subscriptions", out var list) ? list.GetArrayLength() : 0;
    }

    private static Task PublishAsync<T>(SidecarFixture dapr, string topic, T data, string type = "plain") =>
        dapr.Client("shop").PublishEventAsync("pubsub", topic, data, new Dictionary<string, string> { ["cloudevent.type"] = type });
}
