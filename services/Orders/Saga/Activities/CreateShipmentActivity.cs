using DaprShop.Contracts;
using DaprShop.Orders.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders.Saga.Activities;

/// <summary>Books a shipment to the order's address.</summary>
public sealed class CreateShipmentActivity(OrderStore orders, [FromKeyedServices(AppIds.Shipping)] ServiceClient shipping) : OrderStep(orders)
{
    protected override async Task<StepResult> DoAsync(OrderState order)
    {
        var shipment = new CreateShipment(order.Id, order.ShippingAddress!.ToContract(), Units(order));
        var answer = await shipping.PostAsync<ShipmentResponse>("shipments", shipment);
        return StepResult.Of(answer, answer.Value?.TrackingNumber);
    }
}
