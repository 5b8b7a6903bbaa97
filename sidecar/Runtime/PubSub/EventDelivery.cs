namespace DaprShop.Sidecar.PubSub;

/// <summary>Brings messages to the app, one a request.</summary>
internal sealed class EventDelivery(Sidecar sidecar, string pubSubName, EventRouter router)
{
    private readonly DeliveryAttempts _attempts = new(sidecar, pubSubName);

    /// <summary>Delivers a message; fails only with <see cref="OperationCanceledException"/>.</summary>
    public async Task<DeliveryResult> DeliverAsync(BrokerMessage message, CancellationToken cancellationToken)
    {
        var routed = router.Route(message);
        if (routed.Ended is { } ended)
        {
            return ended;
        }

        var trace = sidecar.Tracing.IsOn ? EventRequest.TraceOf(routed.Body) : TraceContext.None;
        return await _attempts.RunAsync(
            async token =>
            {
                using var request = EventRequest.Create(routed.Path, routed.Body, pubSubName, message.Metadata, trace);
                using var response = await sidecar.App.SendAsync(request, token).ConfigureAwait(false);
                return AppAnswer.Read(response.StatusCode, await response.Content.ReadAsByteArrayAsync(token).ConfigureAwait(false));
            },
            cancellationToken).ConfigureAwait(false);
    }
}
