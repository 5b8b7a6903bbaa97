using Dapr.Workflow;

namespace DaprShop.Orders.Saga.Activities;

/// <summary>Issues the credit note.</summary>
public sealed class CreditReturnActivity(OrderStore orders, TimeProvider time) : WorkflowActivity<ReturnToHandle, StepResult>
{
    public override async Task<StepResult> RunAsync(WorkflowActivityContext context, ReturnToHandle input)
    {
        await orders.ChangeAsync(input.OrderId, order => order.CreditReturn(input.ReturnId, time.GetUtcNow()));
        return StepResult.Done();
    }
}
