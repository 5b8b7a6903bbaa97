using DaprShop.Contracts;
using DaprShop.Orders.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders.Saga.Activities;

/// <summary>Charges the order's total.</summary>
public sealed class ChargePaymentActivity(OrderStore orders, [FromKeyedServices(AppIds.Payments)] ServiceClient payments) : OrderStep(orders)
{
    protected override async Task<StepResult> DoAsync(OrderState order) =>
        StepResult.Of(await payments.PostAsync<PaymentResponse>(
            "charges", new ChargePayment(order.Id, order.CustomerId, order.Total.ToContract(), order.Payment!)));
}
