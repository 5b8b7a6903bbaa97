using DaprShop.Contracts;
using DaprShop.ServiceDefaults;
using DaprShop.Shipping.Domain;

namespace DaprShop.Shipping;

/// <summary>Shipments by order id.</summary>
internal sealed class ShipmentStore(EventingStore store)
{
    private const int MaxAttempts = 5;

    public async Task<Shipment?> FindAsync(string orderId, CancellationToken cancellationToken) =>
        (await store.FindAsync<Shipment>(orderId, cancellationToken))?.Value;

    /// <summary>Stores the shipment and its event, unless the order has one: then that is returned, and nothing is changed.</summary>
    public async Task<Shipment> CreateAsync(Shipment shipment, CancellationToken cancellationToken)
    {
        if (await FindAsync(shipment.OrderId, cancellationToken) is { } known)
        {
            return known;
        }

        try
        {
            await (shipment.Parcel is { } parcel
                ? store.SaveAsync(shipment.OrderId, shipment, etag: null, Created(shipment, parcel), cancellationToken)
                : store.SaveQuietlyAsync(shipment.OrderId, shipment, etag: null, cancellationToken));
            return shipment;
        }
        catch (StateConflictException)
        {
            return await FindAsync(shipment.OrderId, cancellationToken) ?? throw new StateConflictException(shipment.OrderId);
        }
    }

    /// <summary>Cancels the shipment; an order without one is marked, so that a request which was overtaken creates none.</summary>
    public async Task CancelAsync(string orderId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var stored = await store.FindAsync<Shipment>(orderId, cancellationToken);
                await (stored switch
                {
                    null => store.SaveQuietlyAsync(orderId, Shipment.NeverToBe(orderId, now), etag: null, cancellationToken),
                    { Value: { State: ShipmentState.Created, Parcel: { } parcel } shipment } => store.SaveAsync(
                        orderId, shipment.Cancel(), stored.ETag, new ShipmentCancelled(orderId, parcel.TrackingNumber, now), cancellationToken),
                    _ => Task.CompletedTask,
                });
                return;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                // Somebody created or cancelled it meanwhile: look again.
            }
        }
    }

    private static ShipmentCreated Created(Shipment shipment, Parcel parcel) =>
        new(shipment.OrderId, parcel.Quote.Carrier, parcel.TrackingNumber, parcel.Units, shipment.CreatedAt);
}
