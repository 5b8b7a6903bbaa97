using DaprShop.Contracts;
using DaprShop.Orders.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders.Saga.Activities;

/// <summary>Books a shipment to the order's address, from where its goods are reserved.</summary>
public sealed class CreateShipmentActivity(
    OrderStore orders,
    [FromKeyedServices(AppIds.Inventory)] ServiceClient inventory,
    [FromKeyedServices(AppIds.Shipping)] ServiceClient shipping) : OrderStep(orders)
{
    protected override async Task<StepResult> DoAsync(OrderState order)
    {
        var reservation = await inventory.FindAsync<ReservationResponse>($"reservations/{order.Id}");
        var picks = reservation?.Picks is { Count: > 0 } known ? known : null;
        var shipment = new CreateShipment(order.Id, order.ShippingAddress!.ToContract(), Units(order), order.CustomerId, picks);
        var answer = await shipping.PostAsync<ShipmentResponse>("shipments", shipment);
        return StepResult.Of(answer, answer.Value?.TrackingNumber);
    }
}
