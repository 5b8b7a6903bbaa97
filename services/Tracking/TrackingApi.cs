using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace DaprShop.Tracking;

internal static class TrackingApi
{
    public static void MapTracking(this WebApplication app)
    {
        app.MapGet("/tracking/{orderId}", Track);
        app.MapTopic(Topics.Shipping, pubSub: Topics.Broadcast)
            .On<ParcelMoved>((CloudEvent<ParcelMoved> moved, FeedHub hub) => hub.Publish(moved.Data.OrderId, new Signal(moved.Data)))
            .On<ShipmentStatusChanged>((CloudEvent<ShipmentStatusChanged> changed, FeedHub hub) => hub.Publish(changed.Data.OrderId, Signal.StatusChanged))
            .On<ShipmentCancelled>((CloudEvent<ShipmentCancelled> cancelled, FeedHub hub) => hub.Publish(cancelled.Data.OrderId, Signal.StatusChanged));
    }

    /// <summary>
    /// Over a WebSocket what happens from now on, without one what is now. <paramref name="after"/> is the sequence of the last message
    /// that a client got before its connection broke.
    /// </summary>
    private static async Task<IResult> Track(
        string orderId,
        int? after,
        Caller caller,
        HttpContext context,
        [FromKeyedServices(AppIds.Shipping)] ServiceClient shipping,
        FeedHub hub,
        IOptions<TrackingOptions> options,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        CancellationToken cancellationToken)
    {
        if (after < 0)
        {
            throw new InvalidInputException("after", "is the sequence of a message");
        }

        // The feed comes first: what happens between the look at the shipment and the feed would be lost.
        using var feed = hub.Follow(orderId);
        var shipment = Identifiers.IsId(orderId) ? await FindAsync(cancellationToken) : null;
        if (shipment is null || !caller.MayActFor(shipment.CustomerId))
        {
            return ShopResults.NotFound($"Order {orderId} has no shipment");
        }

        if (!context.WebSockets.IsWebSocketRequest)
        {
            var moves = shipment.Moves ?? [];
            return TypedResults.Ok(new TrackingMessage(TrackingMessage.State, orderId, moves.Count, shipment.Status, [.. moves.Skip(after ?? 0)]));
        }

        var known = shipment;
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, cancellationToken);
        var session = new TrackingSession(socket, feed, LoadAsync, options.Value.Heartbeat, time);
        await session.RunAsync(known, after ?? 0, stopping.Token);
        return Results.Empty;

        Task<ShipmentResponse?> FindAsync(CancellationToken cancellation) =>
            shipping.FindAsync<ShipmentResponse>($"shipments/{orderId}", cancellation);

        async Task<ShipmentResponse> LoadAsync(CancellationToken cancellation) => await FindAsync(cancellation) ?? known;
    }
}
