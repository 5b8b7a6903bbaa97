using Dapr.Workflow;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders.Saga.Activities;

/// <summary>Gives back what the returned units are worth; the return's id is the refund's.</summary>
public sealed class RefundReturnActivity(OrderStore orders, [FromKeyedServices(AppIds.Payments)] ServiceClient payments)
    : WorkflowActivity<ReturnToHandle, StepResult>
{
    public override async Task<StepResult> RunAsync(WorkflowActivityContext context, ReturnToHandle input)
    {
        var accepted = (await orders.GetAsync(input.OrderId)).Returns.First(known => known.Id == input.ReturnId);
        if (accepted.Amount.Amount == 0)
        {
            return StepResult.Done();
        }

        var refund = new RefundPayment(input.ReturnId, accepted.Amount.ToContract(), "Units were returned");
        return StepResult.OfRefund(await payments.PostAsync<PaymentResponse>($"charges/{input.OrderId}/refunds", refund));
    }
}
