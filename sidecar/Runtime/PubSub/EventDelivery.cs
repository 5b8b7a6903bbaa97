namespace DaprShop.Sidecar.PubSub;

/// <summary>Brings messages to the app, one a request.</summary>
internal sealed class EventDelivery(Sidecar sidecar, string pubSubName, string topic, EventRouter router)
{
    private readonly DeliveryAttempts _attempts = new(sidecar, pubSubName, topic);
    private readonly string _spanName = $"pubsub/{topic}";

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
            .With("messaging.system", "pubsub").With("messaging.destination", topic);
        var trace = span.Context;
        var result = await _attempts.RunAsync(
            async token =>
            {
                using var request = EventRequest.Create(routed.Path, routed.Body, pubSubName, message.Metadata, trace);
                using var response = await sidecar.App.SendAsync(request, token).ConfigureAwait(false);
                return AppAnswer.Read(response.StatusCode, await response.Content.ReadAsByteArrayAsync(token).ConfigureAwait(false));
            },
            cancellationToken).ConfigureAwait(false);
        if (result.Outcome != DeliveryOutcome.Done)
        {
            span.Fail(result.Reason);
        }

        return result;
    }
}
