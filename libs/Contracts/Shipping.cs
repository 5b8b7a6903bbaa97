using DaprShop.Domain;

namespace DaprShop.Contracts;

/// <summary>POST /shipments: the order id is the idempotency key.</summary>
public sealed record CreateShipment(string OrderId, PostalAddress Address, IReadOnlyList<OrderLineRequest> Lines);

public enum ShipmentStatus
{
    Created,
    Cancelled,
}

public sealed record ShipmentResponse(
    string OrderId, ShipmentStatus Status, string Carrier, string TrackingNumber, PostalAddress Address, int Units, DateTimeOffset CreatedAt);

/// <summary>PUT /faults: percentage from 0 to 100 of orders (chosen by their hash) that no carrier takes.</summary>
public sealed record ShippingFaults(double RefusePercent);

/// <summary>Topic shipping.</summary>
public sealed record ShipmentCreated(string OrderId, string Carrier, string TrackingNumber, int Units, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic shipping.</summary>
public sealed record ShipmentCancelled(string OrderId, string TrackingNumber, DateTimeOffset At) : DomainEvent(At);
