using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapr.AppCallback.Autogen.Grpc.v1;
using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.Resources;
using Grpc.Core;

namespace DaprShop.Sidecar.PubSub;

/// <summary>The subscriptions that an app announces itself: GET /dapr/subscribe, or AppCallback.ListTopicSubscriptions.</summary>
internal sealed partial class AppSubscriptions(Sidecar sidecar, ILogger logger)
{
    private const int MaxRetries = 3;

    private readonly bool _isGrpc = sidecar.App.SpeaksGrpc;

    /// <summary>Reads them; an app without the route has none, a failure is tried again a few times and then logged.</summary>
    public async Task<IReadOnlyList<Subscription>> ReadAsync(CancellationToken cancellationToken)
    {
        var wait = TimeSpan.FromMilliseconds(500);
        for (var retry = 0; ; retry++)
        {
            try
            {
                var announced = _isGrpc
                    ? await ListAsync(cancellationToken).ConfigureAwait(false)
                    : await GetAsync(cancellationToken).ConfigureAwait(false);
                return [.. announced.Select(ToSubscription).OfType<Subscription>()];
            }
            catch (Exception e) when (e is HttpRequestException or AppUnreachableException or IOException or RpcException)
            {
                if (retry == MaxRetries)
                {
                    LogUnread(sidecar.AppId, e.Message);
                    return [];
                }
            }
            catch (JsonException e)
            {
                LogUnread(sidecar.AppId, e.Message);
                return [];
            }

            await Task.Delay(wait, sidecar.Shared.Time, cancellationToken).ConfigureAwait(false);
            wait *= 1.5;
        }
    }

    private async Task<IReadOnlyList<Announcement>> GetAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/dapr/subscribe", UriKind.Relative));
        using var response = await sidecar.App.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return [];
        }

        response.EnsureSuccessStatusCode();
        var json = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return JsonSerializer.Deserialize(json, SubscribeJson.Default.ListAnnouncement) ?? [];
    }

    private async Task<IReadOnlyList<Announcement>> ListAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answer = await sidecar.App.Callbacks.ListTopicSubscriptionsAsync(cancellationToken).ConfigureAwait(false);
            return [.. answer.Subscriptions.Select(ToAnnouncement)];
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
        {
            return [];
        }
    }

    private static Announcement ToAnnouncement(TopicSubscription subscription) => new(
        subscription.PubsubName,
        subscription.Topic,
        Route: null,
        new AnnouncedRoutes(
            [.. (subscription.Routes?.Rules ?? []).Select(rule => new AnnouncedRule(rule.Match, rule.Path))], subscription.Routes?.Default),
        subscription.DeadLetterTopic,
        subscription.Metadata.ToDictionary(),
        subscription.BulkSubscribe is { } bulk ? new AnnouncedBulk(bulk.Enabled, bulk.MaxMessagesCount, bulk.MaxAwaitDurationMs) : null);

    private Subscription? ToSubscription(Announcement announced)
    {
        List<SubscriptionRule> rules = [.. (announced.Routes?.Rules ?? []).Select(rule => new SubscriptionRule(rule.Match ?? "", rule.Path ?? ""))];
        if (announced.Routes?.Default is { Length: > 0 } last)
        {
            rules.Add(new SubscriptionRule("", last));
        }

        if (rules.Count == 0 && announced.Route is { Length: > 0 } route)
        {
            rules.Add(new SubscriptionRule("", route));
        }

        if (rules.Count == 0 && _isGrpc)
        {
            // All events of a gRPC app go to one method: a path only tells it more.
            rules.Add(new SubscriptionRule("", ""));
        }

        if (announced.Topic is not { Length: > 0 } topic || rules.Count == 0)
        {
            LogWithoutRoute(sidecar.AppId, announced.PubSubName, announced.Topic);
            return null;
        }

        return new Subscription
        {
            PubSubName = announced.PubSubName ?? "",
            Topic = topic,
            Rules = rules,
            DeadLetterTopic = announced.DeadLetterTopic is { Length: > 0 } dead ? dead : null,
            Metadata = new Dictionary<string, string>(announced.Metadata ?? [], StringComparer.OrdinalIgnoreCase),
            Bulk = announced.BulkSubscribe is { Enabled: true } bulk
                ? new BulkSubscribe(OrDefault(bulk.MaxMessagesCount, 100), OrDefault(bulk.MaxAwaitDurationMs, 1000))
                : null,
            Source = _isGrpc ? "ListTopicSubscriptions" : "GET /dapr/subscribe",
        };
    }

    private static int OrDefault(int? value, int fallback) => value is > 0 and { } given ? given : fallback;

    [LoggerMessage(LogLevel.Error, "{AppId}: the app's subscriptions could not be read: {Error}")]
    private partial void LogUnread(string appId, string error);

    [LoggerMessage(LogLevel.Warning, "{AppId}: a subscription without topic or route is left out: pubsub {PubSub}, topic {Topic}")]
    private partial void LogWithoutRoute(string appId, string? pubSub, string? topic);
}

/// <summary>An entry of the app's answer; names are matched without regard to case, since SDKs differ in it.</summary>
internal sealed record Announcement(
    string? PubSubName,
    string? Topic,
    string? Route,
    AnnouncedRoutes? Routes,
    string? DeadLetterTopic,
    Dictionary<string, string>? Metadata,
    AnnouncedBulk? BulkSubscribe);

internal sealed record AnnouncedRoutes(List<AnnouncedRule>? Rules, string? Default);

internal sealed record AnnouncedRule(string? Match, string? Path);

internal sealed record AnnouncedBulk(bool Enabled, int? MaxMessagesCount, int? MaxAwaitDurationMs);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(List<Announcement>))]
internal sealed partial class SubscribeJson : JsonSerializerContext;
