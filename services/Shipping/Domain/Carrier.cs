using System.Collections.Frozen;
using DaprShop.Domain;

namespace DaprShop.Shipping.Domain;

/// <summary>A company that carries parcels: where to, up to how many units, for how much, in how many days.</summary>
public sealed record Carrier(string Name, FrozenSet<string>? Countries, int MaxUnits, Money Base, Money PerUnit, int Days)
{
    private const string European =
        "AD AL AT BA BE BG CH CY CZ DE DK EE ES FI FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI SK SM UA VA";

    /// <summary>The carriers that the shop has contracts with.</summary>
    public static IReadOnlyList<Carrier> Contracted { get; } =
    [
        new("Albion Post", FrozenSet.Create("GB", "IM", "JE", "GG"), 200, Pounds(3.50m), Pounds(0.05m), Days: 2),
        new("Channel Freight", European.Split(' ').ToFrozenSet(), 2_000, Pounds(8), Pounds(0.04m), Days: 4),
        new("Meridian Cargo", Countries: null, int.MaxValue, Pounds(25), Pounds(0.03m), Days: 9),
    ];

    /// <summary>The cheapest carrier that goes there with so many units, of equally cheap ones the faster; null when none does.</summary>
    public static Quote? Choose(IEnumerable<Carrier> carriers, string country, int units) => carriers
        .Where(carrier => units <= carrier.MaxUnits && carrier.Countries?.Contains(country) != false)
        .Select(carrier => new Quote(carrier.Name, carrier.Base + (carrier.PerUnit * units), carrier.Days))
        .OrderBy(quote => quote.Price).ThenBy(quote => quote.Days).ThenBy(quote => quote.Carrier, StringComparer.Ordinal)
        .FirstOrDefault();

    private static Money Pounds(decimal amount) => new(amount, "GBP");
}

/// <summary>What a carrier asks for a parcel, and the days it takes.</summary>
public sealed record Quote(string Carrier, Money Price, int Days);
