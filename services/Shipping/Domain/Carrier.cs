using System.Collections.Frozen;
using DaprShop.Domain;

namespace DaprShop.Shipping.Domain;

/// <summary>How far a parcel goes, as carriers see it.</summary>
public enum Zone
{
    Domestic,
    Continental,
    World,
}

/// <summary>What a carrier asks within a zone, the days it takes, and up to how many units.</summary>
public sealed record Tariff(Money Base, Money PerUnit, int Days, int MaxUnits);

/// <summary>A company that carries parcels: from which countries (null: from all), and its tariff for each zone it goes to.</summary>
public sealed record Carrier(string Name, FrozenSet<string>? Origins, IReadOnlyDictionary<Zone, Tariff> Tariffs)
{
    /// <summary>The carriers that the shop has contracts with.</summary>
    public static IReadOnlyList<Carrier> Contracted { get; } =
    [
        new("Albion Post", Zones.British, new Dictionary<Zone, Tariff>
        {
            [Zone.Domestic] = new(Pounds(3.50m), Pounds(0.05m), Days: 2, MaxUnits: 200),
        }),
        new("Channel Freight", Zones.European, new Dictionary<Zone, Tariff>
        {
            [Zone.Domestic] = new(Pounds(8), Pounds(0.04m), Days: 3, MaxUnits: 2_000),
            [Zone.Continental] = new(Pounds(8), Pounds(0.04m), Days: 4, MaxUnits: 2_000),
        }),
        new("Meridian Cargo", Origins: null, new Dictionary<Zone, Tariff>
        {
            [Zone.Domestic] = new(Pounds(25), Pounds(0.03m), Days: 4, int.MaxValue),
            [Zone.Continental] = new(Pounds(25), Pounds(0.03m), Days: 6, int.MaxValue),
            [Zone.World] = new(Pounds(25), Pounds(0.03m), Days: 9, int.MaxValue),
        }),
        new("Atlas Express", Origins: null, new Dictionary<Zone, Tariff>
        {
            [Zone.Domestic] = new(Pounds(12), Pounds(0.20m), Days: 1, MaxUnits: 100),
            [Zone.Continental] = new(Pounds(20), Pounds(0.30m), Days: 2, MaxUnits: 100),
            [Zone.World] = new(Pounds(48), Pounds(0.50m), Days: 3, MaxUnits: 100),
        }),
    ];

    /// <summary>
    /// The cheapest carrier that gets there in time, of equally cheap ones the faster; when none is fast enough the fastest, and of
    /// equally fast ones the cheaper. Null when nobody carries so many units there.
    /// </summary>
    public static Quote? Choose(IEnumerable<Carrier> carriers, string from, string to, int units, int? withinDays = null)
    {
        var quotes = carriers.Select(carrier => carrier.QuoteFor(from, to, units)).OfType<Quote>().ToList();
        return quotes.Where(quote => withinDays is null || quote.Days <= withinDays)
                .OrderBy(quote => quote.Price).ThenBy(quote => quote.Days).ThenBy(quote => quote.Carrier, StringComparer.Ordinal).FirstOrDefault()
            ?? quotes.OrderBy(quote => quote.Days).ThenBy(quote => quote.Price).ThenBy(quote => quote.Carrier, StringComparer.Ordinal).FirstOrDefault();
    }

    /// <summary>What this carrier asks; null when it does not carry that.</summary>
    public Quote? QuoteFor(string from, string to, int units) =>
        Origins?.Contains(from) != false && Tariffs.TryGetValue(Zones.Between(from, to), out var tariff) && units <= tariff.MaxUnits
            ? new Quote(Name, tariff.Base + (tariff.PerUnit * units), tariff.Days)
            : null;

    private static Money Pounds(decimal amount) => new(amount, "GBP");
}

/// <summary>What a carrier asks for a parcel, and the days it takes.</summary>
public sealed record Quote(string Carrier, Money Price, int Days);

/// <summary>Which zone lies between two countries.</summary>
public static class Zones
{
    public static FrozenSet<string> British { get; } = FrozenSet.Create("GB", "IM", "JE", "GG");

    public static FrozenSet<string> European { get; } = (
        "AD AL AT BA BE BG CH CY CZ DE DK EE ES FI FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI SK SM " +
        "UA VA").Split(' ').ToFrozenSet();

    public static Zone Between(string from, string to) =>
        from == to || (British.Contains(from) && British.Contains(to)) ? Zone.Domestic
        : European.Contains(from) && European.Contains(to) ? Zone.Continental
        : Zone.World;
}
