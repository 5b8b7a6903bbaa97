using DaprShop.Contracts;
using DaprShop.Orders.Domain;

namespace DaprShop.Orders;

/// <summary>An order as the outside sees it.</summary>
public static class OrderView
{
    public static OrderResponse ToResponse(this OrderState order) => new(
        order.Id,
        order.CustomerId,
        order.Status,
        Lines(order),
        Discounts(order),
        order.Total.ToContract(),
        order.ShippingAddress!.ToContract(),
        order.RequiresApproval,
        order.CancellationReason is not null,
        order.Invoice,
        [.. order.Returns.SelectMany(CreditNotes)],
        order.Cancellation,
        order.CreatedAt,
        order.UpdatedAt,
        order.Shipment is { } shipment ? new OrderShipmentResponse(shipment.Carrier, shipment.TrackingNumber) : null);

    public static OrderSummary ToSummary(this OrderState order) => new(
        order.Id, order.CustomerId, order.Status, order.Lines.Sum(line => line.Quantity), order.Total.ToContract(), order.CreatedAt, order.UpdatedAt);

    /// <summary>Null until the order is confirmed.</summary>
    public static InvoiceDocument? ToInvoice(this OrderState order) => order.Invoice is { } invoice
        ? new InvoiceDocument(
            invoice.Number,
            invoice.IssuedAt,
            order.Id,
            order.CustomerId,
            order.ShippingAddress!.ToContract(),
            Lines(order),
            Pricing.Subtotal(order.Lines, order.Currency).ToContract(),
            Discounts(order),
            order.Total.ToContract())
        : null;

    private static IReadOnlyList<OrderLineResponse> Lines(OrderState order) =>
    [
        .. order.Lines.Select(line =>
            new OrderLineResponse(line.Sku, line.Name, line.Quantity, line.UnitPrice.ToContract(), line.Total().ToContract())),
    ];

    private static IReadOnlyList<DiscountResponse> Discounts(OrderState order) =>
        [.. order.Discounts.Select(discount => new DiscountResponse(discount.Name, discount.Amount.ToContract()))];

    private static IEnumerable<CreditNoteResponse> CreditNotes(OrderReturn known) => known.CreditedAt is { } at
        ? [new CreditNoteResponse(known.Id, known.Amount.ToContract(), known.Lines, at)]
        : [];
}
