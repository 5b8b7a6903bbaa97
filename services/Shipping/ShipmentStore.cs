using DaprShop.ServiceDefaults;
using DaprShop.Shipping.Domain;

namespace DaprShop.Shipping;

/// <summary>Shipments by order id, each saved together with the event of its last decision.</summary>
internal sealed class ShipmentStore(EventingStore store, TimeProvider time)
{
    private const int MaxAttempts = 10;

    public async Task<Shipment?> FindAsync(string orderId, CancellationToken cancellationToken) =>
        (await store.FindAsync<Shipment>(orderId, cancellationToken))?.Value;

    /// <summary>Stores the shipment and its event, unless the order has one: then that is returned, and nothing is changed.</summary>
    public async Task<Shipment> CreateAsync(Decision created, CancellationToken cancellationToken)
    {
        var orderId = created.Shipment.OrderId;
        if (await FindAsync(orderId, cancellationToken) is { } known)
        {
            return known;
        }

        try
        {
            await SaveAsync(created, etag: null, cancellationToken);
            return created.Shipment;
        }
        catch (StateConflictException)
        {
            return await FindAsync(orderId, cancellationToken) ?? throw new StateConflictException(orderId);
        }
    }

    /// <summary>
    /// Loads a shipment, decides and saves; when another write came in between, does so again. Null when there is no such shipment and
    /// <paramref name="otherwise"/> makes none.
    /// </summary>
    /// <exception cref="StateConflictException">Other writes came in between again and again.</exception>
    public async Task<Shipment?> ChangeAsync(
        string orderId, Func<Shipment, Decision?> decide, CancellationToken cancellationToken, Func<Shipment>? otherwise = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var stored = await store.FindAsync<Shipment>(orderId, cancellationToken);
            var decision = stored is not null ? decide(stored.Value) : otherwise is not null ? new Decision(otherwise(), null) : null;
            if (decision is null)
            {
                return stored?.Value;
            }

            try
            {
                await SaveAsync(decision, stored?.ETag, cancellationToken);
                return decision.Shipment;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                // Another parcel of the order moved, or somebody created or cancelled the shipment: look again.
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 10 * attempt)), time, cancellationToken);
            }
        }
    }

    private Task SaveAsync(Decision decision, string? etag, CancellationToken cancellationToken) => decision.Event is { } happened
        ? store.SaveAsync(decision.Shipment.OrderId, decision.Shipment, etag, happened, cancellationToken)
        : store.SaveQuietlyAsync(decision.Shipment.OrderId, decision.Shipment, etag, cancellationToken);
}
