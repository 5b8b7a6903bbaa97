using System.Text.Json.Serialization;
using DaprShop.Contracts;
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
    /// <summary>The kind of its <see cref="PaymentMethod"/>.</summary>
    public string Kind { get; init; } = PaymentMethod.Card;

    /// <summary>The other side's id of the charge.</summary>
    public string? ChargeId { get; init; }

    public string? DeclineReason { get; init; }

    public IReadOnlyList<Refund> Refunds { get; init; } = [];

    /// <summary>What was given back.</summary>
    [JsonIgnore]
    public Money Refunded => Sum(Refunds.Where(refund => refund.Done));

    /// <summary>What was given back, is being given back, or is owed because the other side refused to.</summary>
    [JsonIgnore]
    public Money Promised => Sum(Refunds);

    /// <summary>All of it was given back.</summary>
    [JsonIgnore]
    public bool IsGivenBack => State == PaymentState.Charged && Refunds.Count > 0 && Refunded == Amount;

    public static Payment Start(string orderId, string customerId, Money amount, string cardToken) =>
        new(orderId, customerId, PaymentState.Pending, amount, cardToken);

    public static Payment OnCredit(string orderId, string customerId, Money amount) =>
        new(orderId, customerId, PaymentState.Pending, amount, CardToken: null) { Kind = PaymentMethod.Credit };

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

    /// <summary>The money was given back.</summary>
    public Payment Give(string refundId) => With(refundId, refund => refund with { Done = true });

    /// <summary>The other side will not give the money back. It is owed all the same, until someone has settled it otherwise.</summary>
    public Payment Refuse(string refundId, string reason) => With(refundId, refund => refund with { Refusal = reason });

    /// <summary>Somebody gave a refused refund's money back in another way; done again changes nothing.</summary>
    /// <exception cref="DomainException">There is no such refund, or it was not refused.</exception>
    public Payment Settle(string refundId, string by, string note)
    {
        var known = Refunds.FirstOrDefault(refund => refund.Id == refundId)
            ?? throw new DomainException(Problems.NotFound, $"The payment of order {OrderId} has no refund {refundId}.");
        return known switch
        {
            { SettledBy: not null } => this,
            { Refusal: null } => throw new DomainException(PaymentErrors.NotRefused, $"Refund {refundId} was not refused: there is nothing to settle."),
            _ => With(refundId, refund => refund with { Done = true, SettledBy = by, Note = note }),
        };
    }

    /// <summary>The token stays out of logs.</summary>
    public override string ToString() => $"{State} payment of {Amount} for order {OrderId}";

    private Payment With(string refundId, Func<Refund, Refund> change) =>
        this with { Refunds = [.. Refunds.Select(refund => refund.Id == refundId ? change(refund) : refund)] };

    private Payment FromPending() =>
        State == PaymentState.Pending
            ? this
            : throw new DomainException(PaymentErrors.Settled, $"The payment of order {OrderId} is {State} already.");

    private Money Sum(IEnumerable<Refund> refunds) => refunds.Aggregate(Money.Zero(Amount.Currency), (sum, refund) => sum + refund.Amount);
}

/// <summary>
/// Money given back; the id is the caller's and is applied once. One that was refused for good says why, and who settled it.
/// </summary>
public sealed record Refund(string Id, Money Amount, bool Done, string? Refusal = null, string? SettledBy = null, string? Note = null);

public static class PaymentErrors
{
    /// <summary>The same id came with other data.</summary>
    public const string KeyReused = "idempotency-key-reused";
    public const string Settled = "payment-settled";
    public const string NotCharged = "not-charged";
    public const string RefundExceedsCharge = "refund-exceeds-charge";
    public const string RefundDeclined = "refund-declined";
    public const string NotRefused = "refund-not-refused";
}
