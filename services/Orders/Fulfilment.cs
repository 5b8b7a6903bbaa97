using DaprShop.Contracts;
using DaprShop.Orders.Domain;

namespace DaprShop.Orders;

/// <summary>
/// Moves orders after their parcels: Shipped when the first leaves, Delivered when the last arrives. What shipping tells may come twice, late,
/// out of order, and before the order is confirmed: the order remembers how far the goods are and catches up when it may.
/// </summary>
public sealed class Fulfilment(OrderStore orders, TimeProvider time)
{
    public async Task FollowAsync(ShipmentStatusChanged moved, CancellationToken cancellationToken = default)
    {
        var order = await orders.ChangeAsync(
            moved.OrderId, order => order.NoteShipment(moved.Status, moved.Carrier, moved.TrackingNumber, time.GetUtcNow()), cancellationToken);
        if (order is not null)
        {
            await CatchUpAsync(order, cancellationToken);
        }
    }

    /// <summary>Each move is a decision of its own, with its event.</summary>
    public async Task CatchUpAsync(OrderState order, CancellationToken cancellationToken = default)
    {
        for (OrderState? current = order; current?.CanCatchUp == true;)
        {
            current = await orders.ChangeAsync(order.Id, known => known.CatchUp(time.GetUtcNow()), cancellationToken);
        }
    }
}
