using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.Analytics.Domain;

/// <summary>Money as a whole number of minor units (1234 is 12.34 GBP), which every database adds up exactly.</summary>
internal static class MinorUnits
{
    /// <summary>False for what no sale can be worth: less than nothing, another currency than ISO 4217 knows, parts of a minor unit.</summary>
    public static bool TryFrom(MoneyAmount? money, out long units)
    {
        units = 0;
        if (money is not { Amount: >= 0 and <= Money.Limit } || !Currency.IsKnown(money.Currency))
        {
            return false;
        }

        var exact = money.Amount * UnitsOfOne(money.Currency);
        if (!decimal.IsInteger(exact) || exact > long.MaxValue)
        {
            return false;
        }

        units = (long)exact;
        return true;
    }

    /// <summary>Back to major units; a difference may be below zero.</summary>
    public static MoneyAmount ToMoney(long units, string currency) => new(units / UnitsOfOne(currency), currency);

    private static decimal UnitsOfOne(string currency)
    {
        var units = 1m;
        for (var decimals = Currency.Decimals(currency); decimals > 0; decimals--)
        {
            units *= 10;
        }

        return units;
    }
}
