using DaprShop.Domain;

namespace DaprShop.Contracts;

/// <summary>POST /orders with an Idempotency-Key header. Prices come from the catalogue, never from the client.</summary>
public sealed record PlaceOrder(
    string CustomerId,
    string Currency,
    IReadOnlyList<OrderLineRequest> Lines,
    PostalAddress ShippingAddress,
    PaymentMethod Payment,
    string? CouponCode = null);

public enum OrderStatus
{
    Pending,
    Confirmed,
    Shipped,
    Delivered,
    Cancelled,
}

public sealed record OrderLineResponse(string Sku, string Name, int Quantity, MoneyAmount UnitPrice, MoneyAmount Total);

/// <summary>A discount that was given: its name and what it took off.</summary>
public sealed record DiscountResponse(string Name, MoneyAmount Amount);

/// <summary>Who has the goods of an order, once they have left.</summary>
public sealed record OrderShipmentResponse(string Carrier, string TrackingNumber);

public sealed record InvoiceResponse(string Number, MoneyAmount Amount, DateTimeOffset IssuedAt);

/// <summary>Money given back for returned units of a confirmed order.</summary>
public sealed record CreditNoteResponse(string ReturnId, MoneyAmount Amount, IReadOnlyList<OrderLineRequest> Lines, DateTimeOffset IssuedAt);

/// <summary>Why an order ended Cancelled: the step that failed or <c>cancel</c>, a stable code, and words for a human.</summary>
public sealed record CancellationResponse(string Step, string Code, string Detail, DateTimeOffset At);

public sealed record OrderResponse(
    string Id,
    string CustomerId,
    OrderStatus Status,
    IReadOnlyList<OrderLineResponse> Lines,
    IReadOnlyList<DiscountResponse> Discounts,
    MoneyAmount Total,
    PostalAddress ShippingAddress,
    bool RequiresApproval,
    bool CancellationRequested,
    InvoiceResponse? Invoice,
    IReadOnlyList<CreditNoteResponse> CreditNotes,
    CancellationResponse? Cancellation,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    OrderShipmentResponse? Shipment = null);

/// <summary>
/// One of GET /orders?customerId=&amp;cursor=&amp;limit=, newest first. A customer sees their own; staff names the customer.
/// </summary>
public sealed record OrderSummary(
    string Id, string CustomerId, OrderStatus Status, int Units, MoneyAmount Total, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>GET /orders/{id}/invoice: what was sold to whom. Subtotal − discounts = total; what came back later is in the order's credit notes.</summary>
public sealed record InvoiceDocument(
    string Number,
    DateTimeOffset IssuedAt,
    string OrderId,
    string CustomerId,
    PostalAddress Address,
    IReadOnlyList<OrderLineResponse> Lines,
    MoneyAmount Subtotal,
    IReadOnlyList<DiscountResponse> Discounts,
    MoneyAmount Total);

/// <summary>POST /orders/{id}/approval: a large order's decision.</summary>
public sealed record ApprovalDecision(bool Approved, string By);

/// <summary>POST /orders/{id}/cancel.</summary>
public sealed record CancelOrder(string Reason);

/// <summary>POST /orders/{id}/returns with an Idempotency-Key header (the return id): units of a confirmed order sent back for a refund.</summary>
public sealed record ReturnOrder(IReadOnlyList<OrderLineRequest> Lines);

/// <summary>GET /orders/{id}/saga: where the saga says it is, and what its workflow's history holds; null when a sidecar does not tell.</summary>
public sealed record SagaResponse(
    string OrderId, string RuntimeStatus, SagaStatus? Status, IReadOnlyList<SagaHistoryEntry>? History = null);

/// <summary>
/// One attempt at an activity, one timer or one event. Kind is step, compensation, timer or event. Outcome is done, refused, pending or failed,
/// of a timer fired, of an event received; it is open while there is none, and abandoned if the saga ended without it.
/// </summary>
public sealed record SagaHistoryEntry(
    string Kind, string Name, int Attempt, DateTimeOffset Started, DateTimeOffset? Completed, string Outcome, string? Failure);

/// <summary>
/// The saga's custom status: state is started, in_progress, completed, failed, compensating or compensated; step is the one it is
/// at; steps holds what was done so far, compensations included, in order; detail says what it waits for, such as a pending payment or an
/// operator.
/// </summary>
public sealed record SagaStatus(string State, string Step, IReadOnlyList<SagaStep> Steps, string? Detail = null);

/// <summary>One step's outcome: done, refused, failed or compensated; stuck where it could not be undone by itself.</summary>
public sealed record SagaStep(string Name, string Outcome, string? Detail, DateTimeOffset At);

/// <summary>Topic orders.</summary>
public sealed record OrderCreated(
    string OrderId, string CustomerId, IReadOnlyList<OrderLineRequest> Lines, MoneyAmount Total, PostalAddress ShippingAddress, DateTimeOffset At)
    : DomainEvent(At);

/// <summary>Topic orders.</summary>
public sealed record OrderConfirmed(
    string OrderId, string CustomerId, string InvoiceNumber, MoneyAmount Total, DateTimeOffset At, IReadOnlyList<SoldLine>? Lines = null)
    : DomainEvent(At);

/// <summary>What was sold of one product; the total is before discounts on the whole order.</summary>
public sealed record SoldLine(string Sku, int Quantity, MoneyAmount Total);

/// <summary>Topic orders: the parcel has left.</summary>
public sealed record OrderShipped(string OrderId, string CustomerId, string Carrier, string TrackingNumber, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic orders: the last parcel has arrived.</summary>
public sealed record OrderDelivered(string OrderId, string CustomerId, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic orders.</summary>
public sealed record OrderCancellationRequested(string OrderId, string Reason, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic orders.</summary>
public sealed record OrderCancelled(string OrderId, string CustomerId, string Step, string Code, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic orders: units may come back; refund and credit note follow.</summary>
public sealed record OrderReturnAccepted(string OrderId, string ReturnId, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic orders: units came back and were credited.</summary>
public sealed record OrderReturned(
    string OrderId, string ReturnId, MoneyAmount Amount, IReadOnlyList<OrderLineRequest> Lines, DateTimeOffset At, string? CustomerId = null)
    : DomainEvent(At);
