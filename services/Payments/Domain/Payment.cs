using System.Text.Json.Serialization;
using DaprShop.Domain;

namespace DaprShop.Payments.Domain;

public enum PaymentState
{
    /// <summary>The card provider was asked, or is about to be; whether it charged is not known here.</summary>
    Pending,
    Charged,
    Declined,

    /// <summary>Nothing was charged and nothing ever will be: the order was given up first.</summary>
    Cancelled,
}

/// <summary>
/// An order's payment. It is stored as Pending before the card provider is asked, with all that is needed to ask again, so that a
/// crash in between leaves a question that can be repeated under the same key, and never a second charge.
/// </summary>
public sealed record Payment(string OrderId, string CustomerId, PaymentState State, Money Amount, string? CardToken)
{
    /// <summary>The provider's id of the charge.</summary>
    public string? ChargeId { get; init; }

    public string? DeclineReason { get; init; }

    public IReadOnlyList<Refund> Refunds { get; init; } = [];

    /// <summary>What was given back.</summary>
    [JsonIgnore]
    public Money Refunded => Sum(Refunds.Where(refund => refund.Done));

    /// <summary>What was given back or is being given back.</summary>
    [JsonIgnore]
    public Money Promised => Sum(Refunds);

    /// <summary>All of it was given back.</summary>
    [JsonIgnore]
    public bool IsGivenBack => State == PaymentState.Charged && Refunds.Count > 0 && Refunded == Amount;

    public static Payment Start(string orderId, string customerId, Money amount, string cardToken) =>
        new(orderId, customerId, PaymentState.Pending, amount, cardToken);

    /// <summary>The mark of an order that must not be charged any more, whoever may still ask for it.</summary>
    public static Payment NeverToBe(string orderId, string currency) =>
        new(orderId, "", PaymentState.Cancelled, Money.Zero(currency), null);

    /// <summary>The card was charged; the token is not needed any more.</summary>
    public Payment Charge(string? chargeId) => FromPending() with { State = PaymentState.Charged, ChargeId = chargeId, CardToken = null };

    public Payment Decline(string reason) => FromPending() with { State = PaymentState.Declined, DeclineReason = reason, CardToken = null };

    /// <summary>Notes a refund before the provider is asked for it; the same id again changes nothing.</summary>
    /// <exception cref="DomainException">Not charged, another amount under this id, or more than is left of the charge.</exception>
    public Payment Promise(string refundId, Money amount)
    {
        if (State != PaymentState.Charged)
        {
            throw new DomainException(PaymentErrors.NotCharged, $"Order {OrderId} was not charged: its payment is {State}.");
        }

        if (Refunds.FirstOrDefault(refund => refund.Id == refundId) is { } known)
        {
            return known.Amount == amount
                ? this
                : throw new DomainException(PaymentErrors.KeyReused, $"Refund {refundId} is of {known.Amount}, not of {amount}.");
        }

        if (amount.Currency != Amount.Currency || Promised + amount > Amount)
        {
            throw new DomainException(PaymentErrors.RefundExceedsCharge, $"{amount} cannot be given back: {Amount} was charged, {Promised} refunded.");
        }

        return this with { Refunds = [.. Refunds, new Refund(refundId, amount, Done: false)] };
    }

    /// <summary>The provider gave the money back.</summary>
    public Payment Give(string refundId) => this with
    {
        Refunds = [.. Refunds.Select(refund => refund.Id == refundId ? refund with { Done = true } : refund)],
    };

    /// <summary>The provider will not give the money back: the promise no longer counts.</summary>
    public Payment Withdraw(string refundId) => this with
    {
        Refunds = [.. Refunds.Where(refund => refund.Id != refundId || refund.Done)],
    };

    private Payment FromPending() =>
        State == PaymentState.Pending
            ? this
            : throw new DomainException(PaymentErrors.Settled, $"The payment of order {OrderId} is {State} already.");

    private Money Sum(IEnumerable<Refund> refunds) => refunds.Aggregate(Money.Zero(Amount.Currency), (sum, refund) => sum + refund.Amount);
}

/// <summary>Money given back; the id is the caller's and is applied once.</summary>
public sealed record Refund(string Id, Money Amount, bool Done);

public static class PaymentErrors
{
    /// <summary>The same id came with other data.</summary>
    public const string KeyReused = "idempotency-key-reused";
    public const string Settled = "payment-settled";
    public const string NotCharged = "not-charged";
    public const string RefundExceedsCharge = "refund-exceeds-charge";
    public const string RefundDeclined = "refund-declined";
}
