using System.Text.Json;
using Dapr;
using DaprShop.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DaprShop.ServiceDefaults;

/// <summary>
/// A service's subscription to one topic: a handler for each type of event it cares for. Other events of the shop are acknowledged
/// unread; a type that nobody knows, and an event whose handler keeps failing, go to the topic's dead letters.
/// </summary>
public sealed class TopicSubscription
{
    private readonly IEndpointRouteBuilder _app;
    private readonly string _topic;
    private readonly string _pubSub;
    private int _rules;

    internal TopicSubscription(IEndpointRouteBuilder app, string topic, Delegate? otherwise, string pubSub)
    {
        (_app, _topic, _pubSub) = (app, topic, pubSub);

        // A message that no rule matches would go to the dead letters, so there is always a default.
        app.MapPost($"/events/{topic}", otherwise ?? IgnoreKnown).WithTopic(Options(match: null));
    }

    /// <summary>
    /// Handles the events of one type, told by the record's name. The handler is one of minimal APIs; it takes a
    /// <see cref="CloudEvent{T}"/>. An exception means: deliver again.
    /// </summary>
    public TopicSubscription On<TEvent>(Delegate handler)
    {
        var type = typeof(TEvent).Name;
        _app.MapPost($"/events/{_topic}/{type}", handler).WithTopic(Options($"event.type == \"{type}\""));
        return this;
    }

    private TopicOptions Options(string? match) => new()
    {
        PubsubName = _pubSub,
        Name = _topic,
        DeadLetterTopic = Topics.DeadLetters(_topic),
        Match = match,
        Priority = match is null ? 0 : ++_rules,
    };

    private static EventOutcome IgnoreKnown(CloudEvent<JsonElement> received) =>
        typeof(Topics).Assembly.GetType($"{typeof(Topics).Namespace}.{received.Type}") is null ? EventOutcome.Dropped : EventOutcome.Taken;
}

/// <summary>What a handler tells the sidecar about an event, if it does not just return.</summary>
public sealed record EventOutcome(string Status)
{
    /// <summary>Done; do not deliver it again.</summary>
    public static EventOutcome Taken { get; } = new("SUCCESS");

    /// <summary>Cannot ever be handled: to the dead letters with it.</summary>
    public static EventOutcome Dropped { get; } = new("DROP");
}

/// <summary>Maps subscriptions.</summary>
public static class TopicSubscriptions
{
    /// <summary>
    /// Subscribes to a topic, with its dead-letter topic. <paramref name="otherwise"/> gets the events that have no handler of their own (a
    /// <see cref="CloudEvent{T}"/> of <see cref="JsonElement"/>); without it known ones are ignored and unknown ones are dead letters.
    /// With <see cref="Topics.Broadcast"/> as <paramref name="pubSub"/> each replica gets every event, instead of one of them.
    /// </summary>
    public static TopicSubscription MapTopic(
        this IEndpointRouteBuilder app, string topic, Delegate? otherwise = null, string pubSub = Topics.PubSub)
    {
        app.ServiceProvider.GetRequiredService<SubscriptionList>().Map(app);
        return new TopicSubscription(app, topic, otherwise, pubSub);
    }

    /// <summary>Subscribes to the dead letters of a topic; the handler gets what nobody could take, as it was published.</summary>
    public static void MapDeadLetters(this IEndpointRouteBuilder app, string topic, Delegate handler)
    {
        app.ServiceProvider.GetRequiredService<SubscriptionList>().Map(app);
        app.MapPost($"/events/{Topics.DeadLetters(topic)}", handler).WithTopic(Topics.PubSub, Topics.DeadLetters(topic));
    }
}

/// <summary>Tells the sidecar of the subscriptions (GET /dapr/subscribe); only a service that has some has this route.</summary>
internal sealed class SubscriptionList
{
    private bool _mapped;

    public void Map(IEndpointRouteBuilder app)
    {
        if (!_mapped)
        {
            _mapped = true;
            app.MapSubscribeHandler();
        }
    }
}
