using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Payments.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Payments;

/// <summary>The customer's store-credit account: a charge is a withdrawal by the order's id, a refund a deposit by order and refund id.</summary>
internal sealed class StoreCredit([FromKeyedServices(AppIds.Accounts)] ServiceClient accounts) : IPaymentMeans
{
    public string Kind => PaymentMethod.Credit;

    public async Task<MeansAnswer> TakeAsync(Payment payment, CancellationToken cancellationToken)
    {
        var withdrawal = new WithdrawMoney(payment.OrderId, payment.Amount.ToContract(), $"Order {payment.OrderId}");
        return Read(await accounts.PostAsync<AccountResponse>($"accounts/{payment.CustomerId}/withdrawals", withdrawal, cancellationToken), payment.OrderId);
    }

    public async Task<MeansAnswer> GiveBackAsync(Payment payment, string refundId, Money amount, CancellationToken cancellationToken)
    {
        // A refund's id is its order's own; the account knows all orders of the customer.
        var id = $"{payment.OrderId}:{refundId}";
        var deposit = new DepositMoney(id, amount.ToContract(), $"Refund for order {payment.OrderId}");
        return Read(await accounts.PostAsync<AccountResponse>($"accounts/{payment.CustomerId}/deposits", deposit, cancellationToken), id);
    }

    private static MeansAnswer Read(Answer<AccountResponse> answer, string id) => answer switch
    {
        { Refusal: { } refusal } => MeansAnswer.Refused(refusal.Code),
        { Found: false } => MeansAnswer.Refused("no-account"),
        _ => MeansAnswer.Agreed(id),
    };
}
