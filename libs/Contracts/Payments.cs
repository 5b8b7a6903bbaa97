using DaprShop.Domain;

namespace DaprShop.Contracts;

/// <summary>POST /charges: the order id is the idempotency key. While nobody can tell whether it is charged, the answer is 202 and Pending.</summary>
public sealed record ChargePayment(string OrderId, string CustomerId, MoneyAmount Amount, PaymentMethod Method);

/// <summary>
/// How an order is paid: <c>card</c> with a token of the card provider (a card number never enters the shop), or <c>credit</c> from the
/// customer's store-credit account.
/// </summary>
public sealed record PaymentMethod(string Kind, string? CardToken = null)
{
    public const string Card = "card";
    public const string Credit = "credit";

    /// <summary>The token stays out of logs.</summary>
    public override string ToString() => Kind;
}

/// <summary>POST /charges/{orderId}/refunds: the refund id is the idempotency key.</summary>
public sealed record RefundPayment(string RefundId, MoneyAmount Amount, string Reason);

public enum PaymentStatus
{
    Pending,
    Charged,
    Declined,
    Refunded,

    /// <summary>Given up before it was charged: it never will be.</summary>
    Cancelled,
}

/// <summary>GET /payments/{orderId}. Charged − Refunded is what the shop holds.</summary>
public sealed record PaymentResponse(
    string OrderId,
    PaymentStatus Status,
    MoneyAmount Charged,
    MoneyAmount Refunded,
    string? DeclineReason,
    string? PendingReason = null,
    IReadOnlyList<RefundResponse>? Refunds = null);

public enum RefundStatus
{
    Pending,
    Done,

    /// <summary>Refused for good: the money is owed until staff settles it.</summary>
    Refused,

    /// <summary>Given back in another way.</summary>
    Settled,
}

public sealed record RefundResponse(
    string Id, MoneyAmount Amount, RefundStatus Status, string? Refusal = null, string? SettledBy = null, string? Note = null);

/// <summary>POST /payments/{orderId}/refunds/{refundId}/settlement: staff gave a refused refund's money back in another way.</summary>
public sealed record SettleRefund(string Note);

/// <summary>
/// GET /payments/provider/health: the circuit breaker is closed, open or half-open; counts since the process started (rejected calls were
/// not sent); the success rate is that of the recent calls, the last hundred, newest first.
/// </summary>
public sealed record ProviderHealth(
    string State,
    long Succeeded,
    long Failed,
    long Rejected,
    long Opened,
    double? SuccessRate,
    ProviderCall? LastFailure,
    IReadOnlyList<ProviderCall> RecentCalls);

/// <summary>One call that was sent: operation is charge or refund; the failure is a technical one.</summary>
public sealed record ProviderCall(DateTimeOffset At, string Operation, int? Status, double Milliseconds, string? Failure);

/// <summary>Topic payments.</summary>
public sealed record PaymentCharged(string OrderId, MoneyAmount Amount, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic payments.</summary>
public sealed record PaymentDeclined(string OrderId, MoneyAmount Amount, string Reason, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic payments. Events from before the customer was in them do not say whose money it was.</summary>
public sealed record PaymentRefunded(
    string OrderId, string RefundId, MoneyAmount Amount, DateTimeOffset At, string? CustomerId = null) : DomainEvent(At);

/// <summary>Topic payments: the money could not be given back the way it came; staff must settle it.</summary>
public sealed record RefundRefused(string OrderId, string RefundId, MoneyAmount Amount, string Reason, DateTimeOffset At) : DomainEvent(At);
