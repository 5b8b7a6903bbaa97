using DaprShop.Domain;

namespace DaprShop.Inventory.Domain;

/// <summary>A place where goods lie.</summary>
public sealed record Warehouse(string Id, Address Address, GeoPoint Location)
{
    /// <summary>Where goods go that are delivered to no warehouse in particular.</summary>
    public static Warehouse Default => Operated[0];

    /// <summary>The shop's warehouses.</summary>
    public static IReadOnlyList<Warehouse> Operated { get; } =
    [
        new("coventry", new Address("14 Siskin Parkway", "Coventry", "West Midlands", "CV3 4PE", "GB"), new GeoPoint(52.37, -1.48)),
        new("rotterdam", new Address("Reeweg 35", "Rotterdam", "Zuid-Holland", "3088 KC", "NL"), new GeoPoint(51.89, 4.42)),
        new("indianapolis", new Address("2400 Airwest Boulevard", "Indianapolis", "Indiana", "46241", "US"), new GeoPoint(39.71, -86.33)),
    ];

    public static Warehouse? Find(string id) => Operated.FirstOrDefault(warehouse => warehouse.Id == id);

    /// <summary>All of them, the nearest to a place first; without a place the default one first.</summary>
    public static IReadOnlyList<string> NearestFirst(GeoPoint? place) =>
        [.. Operated.OrderBy(warehouse => place is null ? 0 : warehouse.Location.DistanceTo(place)).Select(warehouse => warehouse.Id)];
}
