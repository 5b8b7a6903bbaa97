using DaprShop.Contracts;
using DaprShop.Orders.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders.Saga.Activities;

/// <summary>Charges the order's total; pending while payments cannot tell whether it is charged.</summary>
public sealed class ChargePaymentActivity(OrderStore orders, [FromKeyedServices(AppIds.Payments)] ServiceClient payments) : OrderStep(orders)
{
    protected override async Task<StepResult> DoAsync(OrderState order)
    {
        var charge = new ChargePayment(order.Id, order.CustomerId, order.Total.ToContract(), order.Payment!);
        var answer = await payments.PostAsync<PaymentResponse>("charges", charge);
        return answer.Value is { Status: PaymentStatus.Pending } pending
            ? StepResult.Pending($"payment pending: {pending.PendingReason}")
            : StepResult.Of(answer);
    }
}
