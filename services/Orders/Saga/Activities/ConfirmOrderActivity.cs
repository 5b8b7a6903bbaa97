using Dapr.Workflow;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Orders.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders.Saga.Activities;

/// <summary>
/// Seals the order, unless the customer asked to cancel before that write; then the reserved units leave the stock, and the order is
/// confirmed with its invoice. Whoever sees a confirmed order finds all of it done. Should the reservation have expired and its goods be
/// sold, the order is opened again, for the saga to undo what was done.
/// </summary>
public sealed class ConfirmOrderActivity(
    OrderStore orders,
    InvoiceNumbers invoices,
    Fulfilment fulfilment,
    [FromKeyedServices(AppIds.Inventory)] ServiceClient inventory,
    TimeProvider time) : WorkflowActivity<string, StepResult>
{
    public override async Task<StepResult> RunAsync(WorkflowActivityContext context, string orderId)
    {
        OrderState? sealedOrder;
        try
        {
            sealedOrder = await orders.ChangeAsync(orderId, order => order.Seal(time.GetUtcNow()));
        }
        catch (DomainException refused)
        {
            return StepResult.Refused(refused.Code, refused.Message);
        }

        var commit = StepResult.Of(await inventory.PostAsync<ReservationResponse>($"reservations/{orderId}/commit"));
        if (commit.IsRefused)
        {
            await orders.ChangeAsync(orderId, order => order.Reopen(time.GetUtcNow()));
            return commit;
        }

        var number = sealedOrder?.Invoice?.Number ?? await invoices.TakeAsync(orderId);
        if (await orders.ChangeAsync(orderId, order => order.Confirm(number, time.GetUtcNow())) is { } confirmed)
        {
            // The parcel may have left before its order was confirmed.
            await fulfilment.CatchUpAsync(confirmed);
        }

        return StepResult.Done(number);
    }
}
