using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.PubSub;

/// <summary>
/// Brings messages to the subscriber many at a time (bulkSubscribe). It answers with a status for each; those it leaves out or
/// wants again are sent again, without the others, as the policy allows.
/// </summary>
internal sealed class BulkDelivery(Sidecar sidecar, Subscription subscription, EventRouter router, IBulkSubscriber subscriber)
{
    private readonly DeliveryAttempts _attempts = new(sidecar, subscription.PubSubName, subscription.Topic);

    /// <summary>Delivers messages and gives a result for each; fails only with <see cref="OperationCanceledException"/>.</summary>
    public async Task<IReadOnlyList<DeliveryResult>> DeliverAsync(IReadOnlyList<BrokerMessage> messages, CancellationToken cancellationToken)
    {
        var entries = messages.Select(message => new Entry(message, router.Route(message))).ToList();
        foreach (var batch in entries.Where(entry => entry.Result is null).GroupBy(entry => entry.Routed.Path))
        {
            await DeliverAsync(batch.Key, [.. batch], cancellationToken).ConfigureAwait(false);
        }

        return [.. entries.Select(entry => entry.Result!)];
    }

    private async Task DeliverAsync(string path, List<Entry> batch, CancellationToken cancellationToken)
    {
        var rest = await _attempts.RunAsync(
            async token =>
            {
                var open = batch.Where(entry => entry.Result is null).ToList();
                var reply = await subscriber.SendAsync(path, [.. open.Select(entry => entry.Event)], token).ConfigureAwait(false);
                return reply.All ?? Take(open, reply.Statuses);
            },
            cancellationToken).ConfigureAwait(false);
        foreach (var entry in batch)
        {
            entry.Result ??= rest;
        }
    }

    private static DeliveryResult Take(List<Entry> open, IReadOnlyDictionary<string, string?> statuses)
    {
        foreach (var entry in open)
        {
            entry.Result = statuses.GetValueOrDefault(entry.Event.Id) switch
            {
                "SUCCESS" => DeliveryResult.Done,
                "DROP" => new DeliveryResult(DeliveryOutcome.Dropped, "the app answered DROP"),
                _ => null,
            };
        }

        return open.TrueForAll(entry => entry.Result is not null)
            ? DeliveryResult.Done
            : throw new DeliveryFailedException("the app answered RETRY, or nothing, for this entry");
    }

    private sealed class Entry(BrokerMessage message, RoutedEvent routed)
    {
        public BulkEvent Event { get; } = new(Guid.NewGuid().ToString(), message, routed.Body);

        public RoutedEvent Routed => routed;

        public DeliveryResult? Result { get; set; } = routed.Ended;
    }
}
