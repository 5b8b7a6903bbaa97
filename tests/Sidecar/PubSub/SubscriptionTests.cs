using System.Text.Json;
using Dapr;
using DaprShop.Sidecar.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Tests.PubSub;

/// <summary>Who gets a message: routes, rules, kinds of subscriptions, groups, scopes.</summary>
public sealed class SubscriptionTests
{
    private static readonly Component s_pubSub = TestComponents.Component("pubsub", "pubsub.redis");

    private readonly Received _shop = new();
    private readonly Received _other = new();

    [Fact]
    public async Task The_SDKs_subscriber_gets_events_routed_by_type()
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("shop")
        {
            Components = [s_pubSub],
            Routes = app =>
            {
                app.UseCloudEvents();
                app.MapSubscribeHandler();
                app.MapPost("/big", (Order order) => Note("/big", order))
                    .WithTopic(new TopicOptions { PubsubName = "pubsub", Name = "orders", Match = "event.type == \"big\"", Priority = 1 });
                app.MapPost("/orders", (Order order) => Note("/orders", order)).WithTopic("pubsub", "orders");
            },
        });
        using var client = dapr.Client("shop");
        await client.PublishEventAsync("pubsub", "orders", new Order("1"), new Dictionary<string, string> { ["cloudevent.type"] = "big" });
        await client.PublishEventAsync("pubsub", "orders", new Order("2"), new Dictionary<string, string> { ["cloudevent.type"] = "small" });
        var received = await _shop.AtLeastAsync(2);
        Assert.Equal([("/big", "1"), ("/orders", "2")], received.Select(delivery => (delivery.Path, delivery.Attribute("Id")!)).Order());

        IResult Note(string path, Order order)
        {
            _shop.Add(new Delivery(path, JsonSerializer.SerializeToElement(order), new Dictionary<string, string>()));
            return Results.Ok();
        }
    }

    [Fact]
    public async Task Rules_are_tried_in_order_and_a_message_without_a_route_is_a_dead_letter()
    {
        var rules = new object[]
        {
            new { match = "event.type == 'a' && event.data.total > 100", path = "/first" },
            new { match = "event.type.startsWith('a')", path = "second" },
        };
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("shop")
        {
            Components = [s_pubSub],
            Routes = app =>
            {
                app.Announce(
                    new { pubsubname = "pubsub", topic = "orders", deadLetterTopic = "dead", routes = new { rules } },
                    Subscriber.To("dead", "/dead"));
                app.Take("/first", _shop);
                app.Take("/second", _shop);
                app.Take("/dead", _shop);
            },
        });
        await PublishAsync(dapr, "shop", "orders?metadata.cloudevent.type=a&metadata.cloudevent.id=1", """{"total":101}""");
        await PublishAsync(dapr, "shop", "orders?metadata.cloudevent.type=a&metadata.cloudevent.id=2", """{"total":100}""");
        await PublishAsync(dapr, "shop", "orders?metadata.cloudevent.type=b&metadata.cloudevent.id=3", """{"total":101}""");
        await PublishAsync(dapr, "shop", "orders?metadata.cloudevent.type=a&metadata.cloudevent.id=4", "{}");
        var received = await _shop.AtLeastAsync(4);
        Assert.Equal(
            [("1", "/first"), ("2", "/second"), ("3", "/dead"), ("4", "/dead")],
            received.Select(delivery => (delivery.Attribute("id")!, delivery.Path)).Order());
    }

    [Fact]
    public async Task The_apps_own_subscription_beats_a_declarative_one()
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("shop")
        {
            Components = [s_pubSub],
            Subscriptions = [Declared("orders", "/declared"), Declared("orders", "/second"), Declared("other", "/declared"), Declared("other", "/second")],
            Routes = app =>
            {
                app.Announce(Subscriber.To("orders", "/own"));
                app.Take("/own", _shop);
                app.Take("/declared", _shop);
                app.Take("/second", _shop);
            },
        });
        await PublishAsync(dapr, "shop", "orders", "1");
        await PublishAsync(dapr, "shop", "other", "2");
        var received = await _shop.AtLeastAsync(2);
        Assert.Equal(["/declared", "/own"], received.Select(delivery => delivery.Path).Order());
    }

    [Fact]
    public async Task Two_apps_get_a_copy_each_and_two_instances_of_one_share()
    {
        await using var dapr = await SidecarFixture.StartAsync(App("shop", _shop), App("shop", _shop), App("other", _other));
        for (var i = 0; i < 50; i++)
        {
            await PublishAsync(dapr, "other", "orders", $"{i}");
        }

        await Task.WhenAll(_shop.AtLeastAsync(50), _other.AtLeastAsync(50));
        await PublishAsync(dapr, "other", "orders", "last");
        foreach (var received in await Task.WhenAll(_shop.AtLeastAsync(51), _other.AtLeastAsync(51)))
        {
            Assert.Equal(51, received.Select(delivery => delivery.Attribute("id")).Distinct().Count());
            Assert.Equal(51, received.Count);
        }
    }

    [Fact]
    public async Task Instances_with_a_consumer_id_each_get_every_message_that_another_component_of_the_same_broker_publishes()
    {
        (string, string) redis = ("redisHost", "localhost:6379");
        var second = new Received();
        var publisher = new TestApp("publisher") { Components = [TestComponents.Component("pubsub", "pubsub.redis", redis)] };
        var elsewhere = publisher with { AppId = "elsewhere", Components = [TestComponents.Component("pubsub", "pubsub.redis", ("redisHost", "other:6379"))] };
        await using var dapr = await SidecarFixture.StartAsync(Instance("1", _shop), Instance("2", second), publisher, elsewhere);
        await PublishAsync(dapr, "elsewhere", "orders", "0");
        await PublishAsync(dapr, "publisher", "orders", "1");
        await PublishAsync(dapr, "publisher", "orders", "2");

        foreach (var received in await Task.WhenAll(_shop.AtLeastAsync(2), second.AtLeastAsync(2)))
        {
            Assert.Equal(["1", "2"], received.Select(delivery => delivery.Event.GetProperty("data").GetRawText()).Order());
        }

        TestApp Instance(string consumerId, Received received) => new("shop")
        {
            Components = [TestComponents.Component("broadcast", "pubsub.redis", redis, ("consumerID", consumerId))],
            Routes = app =>
            {
                app.Announce(Subscriber.To("orders", "/orders", pubSub: "broadcast"));
                app.Take("/orders", received);
            },
        };
    }

    [Fact]
    public async Task A_topic_that_the_app_may_not_subscribe_to_is_not_delivered_to_it()
    {
        var scoped = TestComponents.Component("pubsub", "pubsub.redis", ("subscriptionScopes", "shop=free"), ("protectedTopics", "guarded"));
        var app = App("shop", _shop, "free", "locked", "guarded") with { Components = [scoped] };
        await using var dapr = await SidecarFixture.StartAsync(app, new TestApp("publisher") { Components = [s_pubSub] });
        await PublishAsync(dapr, "publisher", "locked", "1");
        await PublishAsync(dapr, "publisher", "guarded", "2");
        await PublishAsync(dapr, "publisher", "free", "3");
        Assert.Equal("free", (await _shop.SingleAsync()).Attribute("topic"));
    }

    [Fact]
    public async Task Subscriptions_without_effect_do_not_disturb_the_others()
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("shop")
        {
            Components = [s_pubSub],
            Routes = app =>
            {
                app.Announce(
                    Subscriber.To("orders", "/none", pubSub: "ghost"),
                    new { pubsubname = "pubsub", topic = "noroute" },
                    new { pubsubname = "pubsub", topic = "badrule", routes = new { rules = new[] { new { match = "event.type ==", path = "/x" } } } },
                    new { PUBSUBNAME = "pubsub", Topic = "orders", ROUTE = "orders" });
                app.Take("/orders", _shop);
            },
        });
        await PublishAsync(dapr, "shop", "orders", "1");
        Assert.Equal("/orders", (await _shop.SingleAsync()).Path);
    }

    private static TestApp App(string appId, Received received, params string[] topics) => new(appId)
    {
        Components = [s_pubSub],
        Routes = app =>
        {
            app.Announce([.. (topics is [] ? ["orders"] : topics).Select(topic => Subscriber.To(topic, "/" + topic))]);
            foreach (var topic in topics is [] ? ["orders"] : topics)
            {
                app.Take("/" + topic, received);
            }
        },
    };

    private static Subscription Declared(string topic, string path) =>
        new() { PubSubName = "pubsub", Topic = topic, Rules = [new SubscriptionRule("", path)], Declarative = true };

    private static async Task PublishAsync(SidecarFixture dapr, string appId, string topic, string json)
    {
        using var content = new StringContent(json, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using var response = await dapr.Http(appId).PostAsync(new Uri($"/v1.0/publish/pubsub/{topic}", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
    }

    private sealed record Order(string Id);
}
