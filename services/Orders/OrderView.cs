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
        [.. order.Lines.Select(line =>
            new OrderLineResponse(line.Sku, line.Name, line.Quantity, line.UnitPrice.ToContract(), line.Total().ToContract()))],
        [.. order.Discounts.Select(discount => new DiscountResponse(discount.Name, discount.Amount.ToContract()))],
        order.Total.ToContract(),
        order.ShippingAddress!.ToContract(),
        order.RequiresApproval,
        order.CancellationReason is not null,
        order.Invoice,
        [.. order.Returns.SelectMany(CreditNotes)],
        order.Cancellation,
        order.CreatedAt,
        order.UpdatedAt);

    private static IEnumerable<CreditNoteResponse> CreditNotes(OrderReturn known) => known.CreditedAt is { } at
        ? [new CreditNoteResponse(known.Id, known.Amount.ToContract(), known.Lines, at)]
        : [];
}
