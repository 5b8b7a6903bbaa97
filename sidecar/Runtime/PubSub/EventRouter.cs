using System.Text.Json;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.PubSub;

/// <summary>A message as a subscription's app gets it, and where; or how it ended before it got there.</summary>
internal sealed record RoutedEvent(byte[] Body, string Path, DeliveryResult? Ended = null);

/// <summary>What a subscription makes of a message before it is sent: expiry, raw envelope, route.</summary>
internal sealed class EventRouter(Subscription subscription, TimeProvider time)
{
    private static readonly JsonDocumentOptions s_jsonOptions = new() { MaxDepth = CloudEvent.MaxDepth };

    private readonly EventRoutes _routes = new(subscription.Rules);

    /// <summary>The subscriber wants the bytes as they were published, in an envelope made for them.</summary>
    public bool IsRaw { get; } = PublishMetadata.IsRaw(subscription.Metadata) is true;

    public RoutedEvent Route(BrokerMessage message)
    {
        if (message.Expires <= time.GetUtcNow())
        {
            return Ended(DeliveryOutcome.Dropped, "it expired");
        }

        var body = IsRaw ? EventRequest.WrapRaw(message.Data, subscription.PubSubName, subscription.Topic) : message.Data;
        try
        {
            return PathOf(message, body) is { } path ? new RoutedEvent(body, path) : Ended(DeliveryOutcome.Dropped, "no route matches it");
        }
        catch (JsonException e)
        {
            return Ended(DeliveryOutcome.Failed, $"it is not a CloudEvent: {e.Message}");
        }
        catch (InvalidOperationException e)
        {
            return Ended(DeliveryOutcome.Failed, $"a rule failed: {e.Message}");
        }
    }

    private static RoutedEvent Ended(DeliveryOutcome outcome, string reason) => new([], "", new DeliveryResult(outcome, reason));

    private string? PathOf(BrokerMessage message, byte[] body)
    {
        // What this runtime enveloped is known to be a JSON object; most subscriptions have one route and parse nothing.
        if (_routes.Only is { } only && (IsRaw || message.ContentType == CloudEvent.ContentType))
        {
            return only;
        }

        using var cloudEvent = JsonDocument.Parse(body, s_jsonOptions);
        return cloudEvent.RootElement.ValueKind == JsonValueKind.Object
            ? _routes.Find(cloudEvent.RootElement)
            : throw new JsonException("it is no JSON object");
    }
}
