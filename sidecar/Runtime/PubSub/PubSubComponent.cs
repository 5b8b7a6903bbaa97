using System.Globalization;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.PubSub;

/// <summary>A pub/sub component as one app sees it.</summary>
internal sealed class PubSubComponent(Component component, string appId)
{
    public const string Category = "pubsub";

    private const int DefaultConcurrency = 16;
    private const string ConsumerId = "consumerID";

    private static readonly string[] s_address = ["redisHost", "redisDB", "connectionString", "hostname", "url", "brokers"];

    public string Name => component.Name;

    /// <inheritdoc cref="BrokerOf"/>
    public string Broker { get; } = BrokerOf(component);

    /// <summary>The consumer group: apps with the same one share messages.</summary>
    public string ConsumerGroup { get; } = component.Metadata.GetValueOrDefault(ConsumerId) is { Length: > 0 } id ? id : appId;

    /// <summary>A group with a <c>{uuid}</c> in its name ends with its sidecar: nobody could come back to it.</summary>
    public bool IsGroupKept { get; } = !component.RandomMetadata.Contains(ConsumerId, StringComparer.OrdinalIgnoreCase);

    public TopicScopes Scopes { get; } = new(component.Metadata, appId);

    /// <summary>
    /// What the component's topics belong to: two components of one type with one address are one broker, as they would be on a real
    /// Redis, and what is published by one is delivered by the other. One without an address is a broker of its own.
    /// </summary>
    public static string BrokerOf(Component component)
    {
        string[] address = [.. s_address.Select(name => component.Metadata.GetValueOrDefault(name)).OfType<string>().Where(value => value.Length > 0)];
        return address.Length == 0 ? component.Name : $"{component.Type} {string.Join(' ', address)}";
    }

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
