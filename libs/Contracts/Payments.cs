using DaprShop.Domain;

namespace DaprShop.Contracts;

/// <summary>POST /charges: the order id is the idempotency key.</summary>
public sealed record ChargePayment(string OrderId, string CustomerId, MoneyAmount Amount, PaymentMethod Method);

/// <summary>
/// How an order is paid: <c>card</c> with a token of the card provider (a card number never enters the shop), or <c>credit</c> from the
/// customer's store-credit account.
/// </summary>
public sealed record PaymentMethod(string Kind, string? CardToken = null);

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
public sealed record PaymentResponse(string OrderId, PaymentStatus Status, MoneyAmount Charged, MoneyAmount Refunded, string? DeclineReason);

/// <summary>Topic payments.</summary>
public sealed record PaymentCharged(string OrderId, MoneyAmount Amount, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic payments.</summary>
public sealed record PaymentDeclined(string OrderId, MoneyAmount Amount, string Reason, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic payments.</summary>
public sealed record PaymentRefunded(string OrderId, string RefundId, MoneyAmount Amount, DateTimeOffset At) : DomainEvent(At);
