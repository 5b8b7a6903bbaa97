using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Inventory.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Inventory;

/// <summary>From the wire to the domain: a request that cannot be is refused here with every field that is wrong.</summary>
internal static class Requests
{
    private const int MaxLines = 1_000;
    private const int MaxUnits = 1_000_000;

    private static readonly TimeSpan s_longestHold = TimeSpan.FromDays(30);

    public static Delivery Read(string sku, ReceiveDelivery request)
    {
        var errors = new InputErrors();
        errors.Check(Identifiers.IsSku(sku), "sku", Identifiers.SkuRule);
        errors.Check(Identifiers.IsId(request.DeliveryId), "deliveryId", Identifiers.IdRule);
        errors.Check(request.Quantity is >= 1 and <= MaxUnits, "quantity", $"is 1 to {MaxUnits}");
        var warehouse = request.Warehouse ?? Warehouse.Default.Id;
        errors.Check(Warehouse.Find(warehouse) is not null, "warehouse", $"is one of {string.Join(", ", Warehouse.NearestFirst(null))}");
        errors.ThrowIfAny();
        return new Delivery(sku, request.DeliveryId, request.Quantity, warehouse);
    }

    public static ReserveLines Read(ReserveStock request, TimeSpan holdFor)
    {
        var errors = new InputErrors();
        errors.Check(Identifiers.IsId(request.OrderId), "orderId", Identifiers.IdRule);
        holdFor = request.HoldFor ?? holdFor;
        errors.Check(holdFor > TimeSpan.Zero && holdFor <= s_longestHold, "holdFor", $"is a time of at most {s_longestHold.Days} days");
        var address = request.ShipTo is null ? null : errors.Try("shipTo", request.ShipTo.ToAddress);
        var lines = Read(request.Lines, errors);
        return new ReserveLines(request.OrderId, lines, Warehouse.NearestFirst(address is null ? null : Geography.HeartOf(address.Country)), holdFor);
    }

    public static StockReturn Read(ReturnStock request)
    {
        var errors = new InputErrors();
        errors.Check(Identifiers.IsId(request.ReturnId), "returnId", Identifiers.IdRule);
        return new StockReturn(request.ReturnId, Read(request.Lines, errors));
    }

    public static void CheckOrderId(string orderId)
    {
        if (!Identifiers.IsId(orderId))
        {
            throw new InvalidInputException("orderId", Identifiers.IdRule);
        }
    }

    private static IReadOnlyList<StockLine> Read(IReadOnlyList<OrderLineRequest>? lines, InputErrors errors)
    {
        if (errors.Check(lines is { Count: >= 1 and <= MaxLines }, "lines", $"are 1 to {MaxLines}"))
        {
            for (var i = 0; i < lines!.Count; i++)
            {
                errors.Check(Identifiers.IsSku(lines[i]?.Sku), $"lines[{i}].sku", Identifiers.SkuRule);
                errors.Check(lines[i]?.Quantity is >= 1 and <= MaxUnits, $"lines[{i}].quantity", $"is 1 to {MaxUnits}");
            }
        }

        errors.ThrowIfAny();
        return StockLine.Merge(lines!.Select(line => new StockLine(line.Sku, line.Quantity)));
    }
}
