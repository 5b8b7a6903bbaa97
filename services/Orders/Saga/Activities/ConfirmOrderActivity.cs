using Dapr.Workflow;
using DaprShop.Domain;

namespace DaprShop.Orders.Saga.Activities;

/// <summary>Confirms the order and issues the invoice, unless the customer asked to cancel before this write.</summary>
public sealed class ConfirmOrderActivity(OrderStore orders, TimeProvider time) : WorkflowActivity<string, StepResult>
{
    public override async Task<StepResult> RunAsync(WorkflowActivityContext context, string orderId)
    {
        try
        {
            var order = await orders.ChangeAsync(orderId, order => order.Confirm($"INV-{orderId}", time.GetUtcNow()))
                ?? throw new InvalidOperationException($"Order {orderId} is not in the store");
            return StepResult.Done(order.Invoice!.Number);
        }
        catch (DomainException refused)
        {
            return StepResult.Refused(refused.Code, refused.Message);
        }
    }
}
