using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Tests.Resources;

public sealed class SubscriptionLoadingTests : IDisposable
{
    private const string Routed = """
        apiVersion: dapr.io/v2alpha1
        kind: Subscription
        metadata:
          name: orders
        spec:
          pubsubname: pubsub
          topic: orders
          routes:
            rules:
            - match: event.type == "OrderCreated"
              path: created
            default: /other
          deadLetterTopic: orders-dead
          bulkSubscribe:
            enabled: true
            maxMessagesCount: 10
        scopes: [app]

        """;

    private readonly ResourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rules_come_in_order_with_the_default_last()
    {
        _folder.With("res/a.yaml", Routed);

        var subscription = Assert.Single(_folder.Load().Subscriptions);

        Assert.Equal([new SubscriptionRule("event.type == \"OrderCreated\"", "/created"), new SubscriptionRule("", "/other")], subscription.Rules);
        Assert.Equal("orders-dead", subscription.DeadLetterTopic);
        Assert.Equal(new BulkSubscribe(10, 1000), subscription.Bulk);
        Assert.True(subscription.Declarative);
        Assert.Empty(_folder.Load("other").Subscriptions);
    }

    [Fact]
    public void The_first_version_has_one_route()
    {
        _folder.With("res/a.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Subscription
            metadata: {name: a}
            spec: {pubsubname: pubsub, topic: t, route: /t, metadata: {rawPayload: "true"}}
            """);

        var subscription = Assert.Single(_folder.Load().Subscriptions);

        Assert.Equal([new SubscriptionRule("", "/t")], subscription.Rules);
        Assert.Equal("true", subscription.Metadata["rawpayload"]);
    }

    [Fact]
    public void A_subscription_to_an_unknown_component_is_only_a_warning()
    {
        _folder.With("res/a.yaml", Routed).Load();

        Assert.Equal(
            ["res/a.yaml:6: spec.pubsubname: there is no pub/sub component pubsub: the subscription has no effect"], _folder.Warnings);
    }

    [Theory]
    [InlineData("  topic: orders\n", "", "res/a.yaml:6: spec.topic: is missing, expected the name of a topic")]
    [InlineData("      path: created\n", "", "res/a.yaml:10: spec.routes.rules[0].path: is missing, expected the app's path, such as /orders")]
    [InlineData("maxMessagesCount: 10", "maxMessagesCount: ten", "res/a.yaml:16: spec.bulkSubscribe.maxMessagesCount: \"ten\" is not a number, expected an integer")]
    [InlineData("  name: orders\n", "  name:\n", "res/a.yaml:4: metadata.name: is missing, expected the resource's name")]
    public void A_mistake_is_named_with_file_line_and_field(string right, string wrong, string expected)
    {
        _folder.With("res/a.yaml", Routed.Replace(right, wrong, StringComparison.Ordinal));

        Assert.Contains(expected, _folder.Problems());
    }

    [Fact]
    public void A_wrong_expression_is_named_even_when_daprs_leniency_is_asked_for()
    {
        _folder.With("res/a.yaml", Routed.Replace("event.type ==", "event.type = =", StringComparison.Ordinal));

        var problem = Assert.Single(Assert.Throws<ResourceException>(() => _folder.Load(lenient: true)).Problems);

        Assert.Equal(10, problem.Line);
        Assert.Equal("spec.routes.rules[0].match", problem.Field);
    }
}
