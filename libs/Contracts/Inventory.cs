namespace DaprShop.Contracts;

/// <summary>POST /inventory/{sku}/deliveries: goods received; the same delivery id is applied once.</summary>
public sealed record ReceiveDelivery(string DeliveryId, int Quantity);

/// <summary>Units of one product. OnHand + Reserved + Shipped = Received, always.</summary>
public sealed record StockResponse(string Sku, int Received, int OnHand, int Reserved, int Shipped);

/// <summary>POST /reservations: all lines or none; the order id is the idempotency key.</summary>
public sealed record ReserveStock(string OrderId, IReadOnlyList<OrderLineRequest> Lines);

public enum ReservationStatus
{
    Reserved,
    Committed,
    Released,
}

public sealed record ReservationResponse(string OrderId, ReservationStatus Status, IReadOnlyList<OrderLineRequest> Lines);

/// <summary>POST /reservations/{orderId}/returns: units that came back; the return id is the idempotency key.</summary>
public sealed record ReturnStock(string ReturnId, IReadOnlyList<OrderLineRequest> Lines);
