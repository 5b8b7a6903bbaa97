namespace DaprShop.Sidecar.PubSub;

/// <summary>
/// Whoever takes a subscription's events: an app over HTTP or gRPC, a stream. An attempt's outcome is a result, or one of the
/// exceptions that <see cref="DeliveryAttempts"/> knows.
/// </summary>
internal interface IEventSubscriber
{
    /// <summary>Sends one event and gives what the subscriber makes of it.</summary>
    Task<DeliveryResult> SendAsync(BrokerMessage message, RoutedEvent routed, TraceContext trace, CancellationToken cancellationToken);
}

/// <summary>A subscriber that takes many events at a time (bulkSubscribe).</summary>
internal interface IBulkSubscriber
{
    Task<BulkReply> SendAsync(string path, IReadOnlyList<BulkEvent> events, CancellationToken cancellationToken);
}

/// <summary>An event of a batch; <paramref name="Id"/> is how the subscriber's answer names it.</summary>
internal readonly record struct BulkEvent(string Id, BrokerMessage Message, byte[] Body);

/// <summary>The answer to a batch: one result for <paramref name="All"/> of it, or a status for each entry.</summary>
internal sealed record BulkReply(DeliveryResult? All, IReadOnlyDictionary<string, string?> Statuses)
{
    public static BulkReply Same(DeliveryResult result) => new(result, new Dictionary<string, string?>());
}
