using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.Shipping.Domain;

/// <summary>The goods of an order that leave from one depot.</summary>
public sealed record Consignment(Depot From, IReadOnlyList<GoodsLine> Lines)
{
    public int Units => checked(Lines.Sum(line => line.Units));
}

/// <summary>A number of units of one product.</summary>
public sealed record GoodsLine(string Sku, int Units);

/// <summary>Goods on their way: from where, with whom, under which number, and how far they are.</summary>
public sealed record Parcel(string Id, Depot From, IReadOnlyList<GoodsLine> Lines, int Units, Quote Quote, string TrackingNumber)
{
    public IReadOnlyList<Move> Moves { get; init; } = [];

    public ShipmentStatus StatusNow() => Moves is [.., var last] ? last.Status : ShipmentStatus.Created;

    /// <summary>The stop that comes next; null at the end of the way.</summary>
    public Stop? NextStop(Address to) => RoutePlan.Between(From, to).ElementAtOrDefault(Moves.Count);

    /// <summary>The id of an order's parcel, and back: an order id may have dots itself.</summary>
    public static string IdOf(string orderId, int number) => $"{orderId}.{number}";

    public static string OrderOf(string parcelId) => parcelId[..parcelId.LastIndexOf('.')];
}

/// <summary>A stop that was made. The sequence counts the parcel's stops, the order sequence those of all parcels of the order.</summary>
public sealed record Move(int Sequence, int OrderSequence, ShipmentStatus Status, string Place, GeoPoint Location, DateTimeOffset At);
