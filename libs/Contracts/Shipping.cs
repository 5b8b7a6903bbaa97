using DaprShop.Domain;

namespace DaprShop.Contracts;

/// <summary>
/// POST /shipments: the order id is the idempotency key. The picks say in which warehouses the lines lie, each of which sends a parcel;
/// without them all leaves from one place. The carrier should take so many days at most.
/// </summary>
public sealed record CreateShipment(
    string OrderId,
    PostalAddress Address,
    IReadOnlyList<OrderLineRequest> Lines,
    string? CustomerId = null,
    IReadOnlyList<WarehousePick>? Picks = null,
    int? WithinDays = null);

public enum ShipmentStatus
{
    Created,
    Cancelled,
    PickedUp,
    InTransit,
    OutForDelivery,
    Delivered,
}

/// <summary>
/// GET /shipments/{orderId}: the whole of it, its parcels and the stops they made so far. Carrier and tracking number are the first
/// parcel's, the status is the slowest one's.
/// </summary>
public sealed record ShipmentResponse(
    string OrderId,
    ShipmentStatus Status,
    string Carrier,
    string TrackingNumber,
    PostalAddress Address,
    int Units,
    DateTimeOffset CreatedAt,
    string? CustomerId = null,
    IReadOnlyList<ParcelResponse>? Parcels = null,
    IReadOnlyList<ParcelMoved>? Moves = null);

public sealed record ParcelResponse(
    string ParcelId,
    ShipmentStatus Status,
    string Warehouse,
    string Carrier,
    string TrackingNumber,
    MoneyAmount Price,
    int Days,
    IReadOnlyList<OrderLineRequest> Lines);

/// <summary>PUT /faults: percentage from 0 to 100 of orders (chosen by their hash) that no carrier takes.</summary>
public sealed record ShippingFaults(double RefusePercent);

/// <summary>Topic shipping.</summary>
public sealed record ShipmentCreated(string OrderId, string Carrier, string TrackingNumber, int Units, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic shipping.</summary>
public sealed record ShipmentCancelled(string OrderId, string TrackingNumber, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic shipping: where the whole of an order's goods is; Delivered when the last parcel is.</summary>
public sealed record ShipmentStatusChanged(
    string OrderId, string? CustomerId, ShipmentStatus Status, string Carrier, string TrackingNumber, DateTimeOffset At) : DomainEvent(At);

/// <summary>
/// Topic shipping: one parcel's way; the sequence counts up from 1 for each parcel, the order sequence over all parcels of the order.
/// Latitude and longitude are WGS 84 degrees.
/// </summary>
public sealed record ParcelMoved(
    string OrderId,
    string? CustomerId,
    string ParcelId,
    int Sequence,
    ShipmentStatus Status,
    string Place,
    double Latitude,
    double Longitude,
    DateTimeOffset At,
    int OrderSequence = 0) : DomainEvent(At);
