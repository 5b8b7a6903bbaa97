using DaprShop.Contracts;
using DaprShop.Orders.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders.Saga.Activities;

/// <summary>Reserves all units of the order, or none.</summary>
public sealed class ReserveStockActivity(OrderStore orders, [FromKeyedServices(AppIds.Inventory)] ServiceClient inventory) : OrderStep(orders)
{
    protected override async Task<StepResult> DoAsync(OrderState order) =>
        StepResult.Of(await inventory.PostAsync<ReservationResponse>("reservations", new ReserveStock(order.Id, Units(order))));
}
