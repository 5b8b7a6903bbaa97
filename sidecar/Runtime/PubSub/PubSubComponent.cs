using System.Globalization;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.PubSub;

/// <summary>A pub/sub component as one app sees it.</summary>
internal sealed class PubSubComponent(Component component, string appId)
{
    public const string Category = "pubsub";

    private const int DefaultConcurrency = 16;

    public string Name => component.Name;

    /// <summary>The consumer group: apps with the same one share messages.</summary>
    public string ConsumerGroup { get; } = component.Metadata.GetValueOrDefault("consumerID") is { Length: > 0 } id ? id : appId;

    public TopicScopes Scopes { get; } = new(component.Metadata, appId);

    /// <summary>
    /// Deliveries in flight at most, from <c>concurrency</c> of the subscription's or the component's metadata: <c>single</c>
    /// delivers in order, one after the other.
    /// </summary>
    public int ConcurrencyOf(Subscription subscription)
    {
        var text = subscription.Metadata.GetValueOrDefault("concurrency") ?? component.Metadata.GetValueOrDefault("concurrency");
        return text is "single" ? 1
            : int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
            : DefaultConcurrency;
    }
}
