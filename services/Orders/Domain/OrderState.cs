using System.Text.Json.Serialization;
using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.Orders.Domain;

/// <summary>Everything an order remembers: what is stored, and what <see cref="Order"/>'s decisions turn into the next one.</summary>
public sealed record OrderState(
    string Id,
    string CustomerId,
    OrderStatus Status,
    string Currency,
    IReadOnlyList<OrderLine> Lines,
    IReadOnlyList<GivenDiscount> Discounts,
    Money Total,
    Address? ShippingAddress,
    PaymentMethod? Payment,
    bool RequiresApproval,
    string? CancellationReason,
    bool IsSealed,
    InvoiceResponse? Invoice,
    IReadOnlyList<OrderReturn> Returns,
    CancellationResponse? Cancellation,
    string? RequestHash,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    ShipmentProgress? Shipment = null)
{
    /// <summary>The goods are further than the order says.</summary>
    [JsonIgnore]
    public bool CanCatchUp => (Status, Shipment) is (OrderStatus.Confirmed, not null) or (OrderStatus.Shipped, { IsDelivered: true });
}

/// <summary>The goods have left; with whom, and whether all of them arrived.</summary>
public sealed record ShipmentProgress(string Carrier, string TrackingNumber, bool IsDelivered);

/// <summary>Units of one product at the price they were sold for.</summary>
public sealed record OrderLine(string Sku, string Name, int Quantity, Money UnitPrice)
{
    public Money Total() => UnitPrice * Quantity;
}

/// <summary>A return that was accepted, and credited once <see cref="CreditedAt"/> says when.</summary>
public sealed record OrderReturn(
    string Id, IReadOnlyList<OrderLineRequest> Lines, Money Amount, DateTimeOffset AcceptedAt, DateTimeOffset? CreditedAt = null);
