using DaprShop.Domain;

namespace DaprShop.Orders.Domain;

/// <summary>A discount on an order as a whole.</summary>
public abstract record Discount(string Name)
{
    /// <summary>What it takes off a price.</summary>
    public abstract Money On(Money price);
}

/// <summary>So many percent off.</summary>
public sealed record PercentageDiscount(string Name, decimal Percent) : Discount(Name)
{
    public override Money On(Money price) => price * (Percent / 100);
}

/// <summary>An amount off.</summary>
public sealed record FixedDiscount(string Name, Money Amount) : Discount(Name)
{
    public override Money On(Money price) => Amount;
}

/// <summary>A discount that was given, and what it took off.</summary>
public sealed record GivenDiscount(string Name, Money Amount);

/// <summary>What an order costs, and why.</summary>
public sealed record Price(Money Total, IReadOnlyList<GivenDiscount> Discounts);

/// <summary>
/// Prices an order. Discounts are taken off one after the other, each from what the earlier ones left: first the premium customer's,
/// then those of the order in the order given. A price never falls below zero.
/// </summary>
public static class Pricing
{
    public static Discount Premium { get; } = new PercentageDiscount("premium", 10);

    public static Price Of(IEnumerable<OrderLine> lines, string currency, bool premiumCustomer, IReadOnlyList<Discount> discounts)
    {
        var total = lines.Aggregate(Money.Zero(currency), (sum, line) => sum + line.Total());
        var given = new List<GivenDiscount>();
        foreach (var discount in premiumCustomer ? [Premium, .. discounts] : discounts)
        {
            var wanted = discount.On(total);
            var off = wanted > total ? total : wanted;
            if (off.Amount > 0)
            {
                total -= off;
                given.Add(new GivenDiscount(discount.Name, off));
            }
        }

        return new Price(total, given);
    }
}
