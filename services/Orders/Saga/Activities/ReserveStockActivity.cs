using DaprShop.Contracts;
using DaprShop.Orders.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace DaprShop.Orders.Saga.Activities;

/// <summary>
/// Reserves all units of the order, or none. An order that waits for an approval asks for the goods to be held until it must have come.
/// </summary>
public sealed class ReserveStockActivity(
    OrderStore orders, [FromKeyedServices(AppIds.Inventory)] ServiceClient inventory, IOptions<OrderOptions> options) : OrderStep(orders)
{
    // What comes after the approval takes minutes, its retries included.
    private static readonly TimeSpan s_afterApproval = TimeSpan.FromHours(1);

    protected override async Task<StepResult> DoAsync(OrderState order)
    {
        TimeSpan? holdFor = order.RequiresApproval ? options.Value.ApprovalTimeout + s_afterApproval : null;
        var reservation = new ReserveStock(order.Id, Units(order), order.ShippingAddress?.ToContract(), holdFor);
        return StepResult.Of(await inventory.PostAsync<ReservationResponse>("reservations", reservation));
    }
}
