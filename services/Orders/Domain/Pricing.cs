using DaprShop.Domain;

namespace DaprShop.Orders.Domain;

/// <summary>A discount that was given, and what it took off.</summary>
public sealed record GivenDiscount(string Name, Money Amount);

/// <summary>What an order costs, and why; with the terms of the coupon that was used.</summary>
public sealed record Price(Money Total, IReadOnlyList<GivenDiscount> Discounts, CouponTerms? Coupon = null);

/// <summary>
/// Prices an order. Discounts are taken off one after the other, each from what the earlier ones left, in the order of
/// <see cref="DiscountKind"/>: the premium customer's, percentages, thresholds, fixed amounts, the coupon's; those of one kind in the order in
/// which they are given. A price never falls below zero, and the given discounts are exactly what the total is less than the lines.
/// </summary>
public static class Pricing
{
    public static Discount Premium { get; } = new("premium", DiscountKind.Premium, new PercentOff(10));

    /// <exception cref="DomainException">The coupon cannot be used for this order (field couponCode).</exception>
    public static Price Of(
        IEnumerable<OrderLine> lines,
        string currency,
        bool premiumCustomer,
        IReadOnlyList<Discount> discounts,
        string? couponCode,
        DateTimeOffset now)
    {
        var subtotal = Subtotal(lines, currency);
        var coupon = string.IsNullOrEmpty(couponCode) ? null : Redeem(discounts, couponCode, subtotal, now);
        var due = discounts.Where(discount => discount.Coupon is null ? discount.IsFor(subtotal) : discount == coupon);

        var total = subtotal;
        var given = new List<GivenDiscount>();
        foreach (var discount in (premiumCustomer ? due.Prepend(Premium) : due).OrderBy(discount => discount.Kind))
        {
            var wanted = discount.Off.Of(total);
            var off = wanted > total ? total : wanted;
            if (off.Amount > 0)
            {
                total -= off;
                given.Add(new GivenDiscount(discount.Name, off));
            }
        }

        return new Price(total, given, coupon?.Coupon);
    }

    /// <summary>What the lines come to before any discount.</summary>
    public static Money Subtotal(IEnumerable<OrderLine> lines, string currency) =>
        lines.Aggregate(Money.Zero(currency), (sum, line) => sum + line.Total());

    private static Discount Redeem(IReadOnlyList<Discount> discounts, string code, Money subtotal, DateTimeOffset now)
    {
        var found = discounts.FirstOrDefault(discount => discount.Coupon?.IsNamed(code) == true);
        return found switch
        {
            null => throw Refused("is not a coupon of the shop"),
            { Coupon.ValidFrom: { } from } when now < from => throw Refused($"is not valid before {from:u}"),
            { Coupon.ValidUntil: { } until } when now >= until => throw Refused($"expired at {until:u}"),
            _ when !found.Off.IsIn(subtotal.Currency) => throw Refused($"is not for orders in {subtotal.Currency}"),
            _ when !found.IsFor(subtotal) => throw Refused($"is for orders from {found.Minimum}"),
            _ => found,
        };
    }

    private static DomainException Refused(string why) => new(DomainErrors.Invalid, why, "couponCode");
}
