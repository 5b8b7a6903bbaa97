using System.Net;
using System.Net.Http.Json;
using DaprShop.Contracts;
using DaprShop.Services.Tests.Orders;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Services.Tests.Events;

/// <summary>What an app's sidecar has to publish, it may, and nothing else.</summary>
[Collection(nameof(SharedOrdersShop))]
public sealed class TopicScopesTests(OrdersShop shop)
{
    public static TheoryData<string> Apps => [.. AppSubscription.Apps];

    [Theory]
    [InlineData(AppIds.Payments, Topics.Orders)]
    [InlineData(AppIds.Search, Topics.Catalog)]
    [InlineData(AppIds.Gateway, Topics.Payments)]
    [InlineData(AppIds.Operations, "catalog-dead")]
    public async Task A_service_cannot_speak_on_the_topic_of_another(string app, string topic)
    {
        using var answer = await PublishAsync(app, topic);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal($"topic {topic} is not allowed for app id {app}", (await answer.Content.ReadFromJsonAsync<Refusal>())?.Message);
    }

    [Theory]
    [MemberData(nameof(Apps))]
    public async Task An_app_may_publish_its_own_topic_and_what_its_sidecar_sends_for_it(string app)
    {
        var resources = Shop.ResourcesOf(app);
        var subscriptions = await shop.SubscriptionsOfAsync(app);
        foreach (var pubSub in resources.Components.Where(component => component.Type.StartsWith("pubsub.", StringComparison.Ordinal)))
        {
            var here = subscriptions.Where(subscription => subscription.PubSubName == pubSub.Name).ToArray();
            string[] expected =
            [
                .. Topics.All.Where(topic => topic == app && pubSub.Name == Topics.PubSub),
                .. OutboxTopics(resources, pubSub.Name).SelectMany(topic => new[] { $"{app}{topic}outbox", $"default{app}{topic}outbox" }),
                .. here.Select(subscription => subscription.DeadLetterTopic ?? "").Where(topic => topic.Length > 0),

                // Who collects dead letters publishes them again.
                .. Topics.All.Where(topic => here.Any(subscription => subscription.Topic == Topics.DeadLetters(topic))),
            ];

            Assert.Equal(expected.Order(), ScopeOf(app, pubSub)?.Order());
        }
    }

    [Theory]
    [MemberData(nameof(Apps))]
    public void The_outbox_publishes_on_the_services_own_topic(string app) =>
        Assert.All(OutboxTopics(Shop.ResourcesOf(app), Topics.PubSub), topic => Assert.Equal(app, topic));

    private static IEnumerable<string> OutboxTopics(ResourceSet resources, string pubSub) =>
        from component in resources.Components
        where component.Metadata.GetValueOrDefault("outboxPublishPubsub") == pubSub
        select component.Metadata["outboxPublishTopic"];

    // As the oldest daprd reads it: nothing is trimmed.
    private static string[]? ScopeOf(string app, Component pubSub) => pubSub.Metadata["publishingScopes"].Split(';')
        .Select(scope => scope.Split('='))
        .SingleOrDefault(scope => scope[0] == app)?[1].Split(',', StringSplitOptions.RemoveEmptyEntries);

    private async Task<HttpResponseMessage> PublishAsync(string app, string topic)
    {
        using var sidecar = shop.SidecarOf(app);
        return await sidecar.PostAsJsonAsync($"/v1.0/publish/{Topics.PubSub}/{topic}", new { });
    }

    private sealed record Refusal(string ErrorCode, string Message);
}
