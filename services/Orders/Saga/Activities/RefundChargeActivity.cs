using Dapr.Workflow;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders.Saga.Activities;

/// <summary>Undoes <see cref="ChargePaymentActivity"/>: gives everything back, if anything was taken.</summary>
public sealed class RefundChargeActivity(OrderStore orders, [FromKeyedServices(AppIds.Payments)] ServiceClient payments)
    : WorkflowActivity<string, StepResult>
{
    private const string RefundId = "cancellation";

    public override async Task<StepResult> RunAsync(WorkflowActivityContext context, string orderId)
    {
        var order = await orders.GetAsync(orderId);
        var refund = new RefundPayment(RefundId, order.Total.ToContract(), "The order was cancelled");
        return StepResult.OfRefund(await payments.PostAsync<PaymentResponse>($"charges/{orderId}/refunds", refund));
    }
}
