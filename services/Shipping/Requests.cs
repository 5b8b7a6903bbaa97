using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.ServiceDefaults;
using DaprShop.Shipping.Domain;

namespace DaprShop.Shipping;

/// <summary>From the wire to the domain, and back.</summary>
internal static class Requests
{
    public static (Address Address, IReadOnlyList<Consignment> Goods) Read(CreateShipment request)
    {
        var errors = new InputErrors();
        errors.Check(Identifiers.IsId(request.OrderId), "orderId", Identifiers.IdRule);
        errors.Check(request.WithinDays is null or > 0, "withinDays", "is a number of days");
        var address = errors.Check(request.Address is not null, "address", "is required")
            ? errors.Try("address", () => request.Address!.ToAddress())
            : null;
        errors.Check(IsGoods(request.Lines), "lines", "are units to ship");
        if (request.Picks is { } picks)
        {
            errors.Check(picks.Count > 0 && picks.All(pick => IsGoods(pick.Lines) && Country.IsKnown(pick.Country)), "picks", "are goods in warehouses");
            errors.Check(SameGoods(request), "picks", "are the goods of the lines");
        }

        errors.ThrowIfAny();
        return (address!, request.Picks is { } known
            ? [.. known.Select(pick => new Consignment(ToDepot(pick), ToLines(pick.Lines)))]
            : [new Consignment(Depot.Default, ToLines(request.Lines))]);
    }

    public static ShipmentResponse ToResponse(this Shipment shipment) => new(
        shipment.OrderId,
        shipment.StatusNow(),
        shipment.Parcels[0].Quote.Carrier,
        shipment.Parcels[0].TrackingNumber,
        shipment.Address!.ToContract(),
        shipment.Units(),
        shipment.CreatedAt,
        shipment.CustomerId,
        [.. shipment.Parcels.Select(ToResponse)],
        [.. shipment.Moves()]);

    private static ParcelResponse ToResponse(Parcel parcel) => new(
        parcel.Id,
        parcel.StatusNow(),
        parcel.From.Id,
        parcel.Quote.Carrier,
        parcel.TrackingNumber,
        parcel.Quote.Price.ToContract(),
        parcel.Quote.Days,
        [.. parcel.Lines.Select(line => new OrderLineRequest(line.Sku, line.Units))]);

    private static bool IsGoods(IReadOnlyList<OrderLineRequest>? lines) =>
        lines is { Count: > 0 } && lines.All(line => line.Quantity > 0) && lines.Sum(line => (long)line.Quantity) <= int.MaxValue;

    private static bool SameGoods(CreateShipment request) =>
        Units(request.Lines ?? []).SetEquals(Units(request.Picks!.SelectMany(pick => pick.Lines ?? [])));

    private static HashSet<(string, long)> Units(IEnumerable<OrderLineRequest> lines) =>
        [.. lines.GroupBy(line => line.Sku).Select(line => (line.Key, line.Sum(one => (long)one.Quantity)))];

    private static Depot ToDepot(WarehousePick pick) => new(pick.Warehouse, pick.City, pick.Country, new GeoPoint(pick.Latitude, pick.Longitude));

    private static IReadOnlyList<GoodsLine> ToLines(IEnumerable<OrderLineRequest> lines) =>
        [.. lines.Select(line => new GoodsLine(line.Sku, line.Quantity))];
}
