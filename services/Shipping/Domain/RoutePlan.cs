using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.Shipping.Domain;

/// <summary>A warehouse, as far as shipping cares: where parcels start.</summary>
public sealed record Depot(string Id, string City, string Country, GeoPoint Location)
{
    /// <summary>Where goods start of which inventory did not say where they lie.</summary>
    public static Depot Default { get; } = new("coventry", "Coventry", "GB", new GeoPoint(52.37, -1.48));
}

/// <summary>A place on a parcel's way, and what the parcel's status is there.</summary>
public sealed record Stop(ShipmentStatus Status, string Place, GeoPoint Location);

/// <summary>The way of a parcel: always the same between the same places, so that a delivery can go on from wherever it was interrupted.</summary>
public static class RoutePlan
{
    private const int Waypoints = 3;
    private const double LastDepot = 0.98;

    public static IReadOnlyList<Stop> Between(Depot depot, Address address)
    {
        var (from, to) = (depot.Location, Geography.HeartOf(address.Country));
        return
        [
            new(ShipmentStatus.PickedUp, depot.City, from),
            .. Enumerable.Range(1, Waypoints).Select(point => new Stop(
                ShipmentStatus.InTransit, $"On the way to {address.City}", from.Towards(to, point * LastDepot / (Waypoints + 1)))),
            new(ShipmentStatus.OutForDelivery, $"{address.City}, depot", from.Towards(to, LastDepot)),
            new(ShipmentStatus.Delivered, address.City, to),
        ];
    }

    /// <summary>How many stops a parcel makes.</summary>
    public static int Length => Waypoints + 3;
}
