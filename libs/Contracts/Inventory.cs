using DaprShop.Domain;

namespace DaprShop.Contracts;

/// <summary>POST /inventory/{sku}/deliveries: goods received; the same delivery id is applied once. Without a warehouse: the default one.</summary>
public sealed record ReceiveDelivery(string DeliveryId, int Quantity, string? Warehouse = null);

/// <summary>Units of one product. OnHand + Reserved + Shipped = Received, always.</summary>
public sealed record StockResponse(string Sku, int Received, int OnHand, int Reserved, int Shipped);

/// <summary>GET /inventory/{sku}/warehouses: the same of one warehouse.</summary>
public sealed record WarehouseStock(string Warehouse, int Received, int OnHand, int Reserved, int Shipped);

/// <summary>GET /warehouses. Latitude and longitude are WGS 84 degrees.</summary>
public sealed record WarehouseResponse(string Id, PostalAddress Address, double Latitude, double Longitude);

/// <summary>
/// POST /reservations: all lines or none; the order id is the idempotency key. The goods are held for as long as the order may take,
/// or as long as inventory holds them unasked, and are picked near the address.
/// </summary>
public sealed record ReserveStock(
    string OrderId, IReadOnlyList<OrderLineRequest> Lines, PostalAddress? ShipTo = null, TimeSpan? HoldFor = null);

public enum ReservationStatus
{
    Reserved,
    Committed,
    Released,
    Expired,
}

/// <summary>What an order holds, and where it is picked; a warehouse is named once.</summary>
public sealed record ReservationResponse(
    string OrderId,
    ReservationStatus Status,
    IReadOnlyList<OrderLineRequest> Lines,
    IReadOnlyList<WarehousePick>? Picks = null,
    DateTimeOffset? ExpiresAt = null);

/// <summary>Goods that leave from one warehouse, and where that is.</summary>
public sealed record WarehousePick(
    string Warehouse, string City, string Country, double Latitude, double Longitude, IReadOnlyList<OrderLineRequest> Lines);

/// <summary>POST /reservations/{orderId}/returns: units that came back; the return id is the idempotency key.</summary>
public sealed record ReturnStock(string ReturnId, IReadOnlyList<OrderLineRequest> Lines);

/// <summary>GET /inventory/restocking: a purchase proposal that no delivery has closed yet.</summary>
public sealed record PurchaseProposalResponse(string ProposalId, string Sku, string Supplier, int Units, DateTimeOffset At);

/// <summary>Topic inventory: there is less of a product on hand than there should be. Once a shortage.</summary>
public sealed record StockRanLow(string ProposalId, string Sku, int OnHand, int Threshold, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic inventory: the supplier is asked for units of a product that ran low.</summary>
public sealed record PurchaseProposed(
    string ProposalId, string Sku, string Supplier, string SupplierEmail, int Units, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic inventory: goods came, so that the proposal is done with.</summary>
public sealed record PurchaseClosed(string ProposalId, string Sku, string DeliveryId, DateTimeOffset At) : DomainEvent(At);
