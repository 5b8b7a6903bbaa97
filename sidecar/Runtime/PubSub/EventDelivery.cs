using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.PubSub;

/// <summary>Brings messages to the subscriber, one at a time.</summary>
internal sealed class EventDelivery(Sidecar sidecar, Subscription subscription, EventRouter router, IEventSubscriber subscriber)
{
    private readonly DeliveryAttempts _attempts = new(sidecar, subscription.PubSubName, subscription.Topic);
    private readonly string _spanName = $"pubsub/{subscription.Topic}";

    /// <summary>Delivers a message; fails only with <see cref="OperationCanceledException"/>.</summary>
    public async Task<DeliveryResult> DeliverAsync(BrokerMessage message, CancellationToken cancellationToken)
    {
        var routed = router.Route(message);
        if (routed.Ended is { } ended)
        {
            return ended;
        }

        using var span = sidecar.Tracing
            .StartUnder(sidecar.Tracing.IsOn ? EventRequest.TraceOf(routed.Body) : TraceContext.None, _spanName)
            .With("messaging.system", "pubsub").With("messaging.destination", subscription.Topic);
        var trace = span.Context;
        var result = await _attempts.RunAsync(token => subscriber.SendAsync(message, routed, trace, token), cancellationToken).ConfigureAwait(false);
        if (result.Outcome != DeliveryOutcome.Done)
        {
            span.Fail(result.Reason);
        }

        return result;
    }
}
