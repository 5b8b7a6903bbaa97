using Dapr.Workflow;
using DaprShop.Contracts;
using DaprShop.Orders.Saga.Activities;

namespace DaprShop.Orders.Saga;

/// <summary>
/// The order saga. Each step is an activity that calls one service, with the order id as idempotency key; a step that does not get done
/// makes the saga undo the earlier ones, last first. The order ends Confirmed or Cancelled, whatever was killed meanwhile.
/// </summary>
public sealed class OrderWorkflow : Workflow<OrderToFulfil, OrderStatus>
{
    // Of sagas that were started before it was in their input.
    private static readonly TimeSpan s_paymentPatience = TimeSpan.FromHours(1);

    public override async Task<OrderStatus> RunAsync(WorkflowContext context, OrderToFulfil order)
    {
        var saga = new SagaRun(context, order.OrderId);
        try
        {
            await saga.DoAsync(Steps.Reserve, nameof(ReserveStockActivity), undo: nameof(ReleaseStockActivity));
            if (order.RequiresApproval)
            {
                await saga.ApproveAsync(order.ApprovalTimeout);
            }

            if (order.IsToBePaid)
            {
                await saga.DoAsync(Steps.Charge, nameof(ChargePaymentActivity), undo: nameof(RefundChargeActivity), order.PaymentPatience ?? s_paymentPatience);
            }

            await saga.DoAsync(Steps.Ship, nameof(CreateShipmentActivity), undo: nameof(CancelShipmentActivity));

            // The point of no return: sealing the order and asking to cancel it are writes of one aggregate, so one of them is first.
            await saga.DecideAsync(Steps.Confirm, nameof(ConfirmOrderActivity));
            return saga.Completed();
        }
        catch (SagaStoppedException stopped)
        {
            await saga.CompensateAsync();
            return await saga.CancelOrderAsync(stopped);
        }
    }
}

/// <summary>What the saga must know of an order; its activities load the rest.</summary>
public sealed record OrderToFulfil(
    string OrderId, bool IsToBePaid, bool RequiresApproval, TimeSpan ApprovalTimeout, TimeSpan? PaymentPatience = null);

/// <summary>The names of the steps, as the saga's status and a cancelled order show them.</summary>
public static class Steps
{
    public const string Reserve = "reserve";
    public const string Approve = "approve";
    public const string Charge = "charge";
    public const string Ship = "ship";
    public const string Confirm = "confirm";
}

/// <summary>The events that the outside raises.</summary>
public static class SagaEvents
{
    public const string CancellationRequested = "cancellation-requested";
    public const string ApprovalDecided = "approval-decided";
}
