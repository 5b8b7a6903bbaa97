using DaprShop.Domain;

namespace DaprShop.Orders.Domain;

/// <summary>The kinds of discounts, in the order in which they are taken off.</summary>
public enum DiscountKind
{
    Premium,
    Percentage,
    Threshold,
    Fixed,
    Coupon,
}

/// <summary>A discount on an order as a whole.</summary>
public sealed record Discount(string Name, DiscountKind Kind, Reduction Off)
{
    /// <summary>What the lines must come to, before any discount and in this currency.</summary>
    public Money? Minimum { get; init; }

    /// <summary>A discount that is only given to those who name its code.</summary>
    public CouponTerms? Coupon { get; init; }

    /// <summary>Whether an order whose lines come to so much is large enough, and in the right currency.</summary>
    public bool IsFor(Money subtotal) =>
        Off.IsIn(subtotal.Currency) && (Minimum is null || (Minimum.Currency == subtotal.Currency && subtotal >= Minimum));
}

/// <summary>What names a coupon and when it can be used: from the first moment up to, and without, the last.</summary>
public sealed record CouponTerms(
    string Code, DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidUntil = null, bool OncePerCustomer = false)
{
    /// <summary>A code is the same in small and capital letters.</summary>
    public bool IsNamed(string code) => string.Equals(Code, code, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What a discount takes off a price.</summary>
public abstract record Reduction
{
    public abstract Money Of(Money price);

    /// <summary>Whether it can be taken off prices in this currency.</summary>
    public virtual bool IsIn(string currency) => true;
}

/// <summary>So many percent off.</summary>
public sealed record PercentOff(decimal Percent) : Reduction
{
    public decimal Percent { get; } = Percent is > 0 and <= 100
        ? Percent
        : throw new DomainException(DomainErrors.Invalid, "is above 0 and at most 100", "percent");

    public override Money Of(Money price) => price * (Percent / 100);
}

/// <summary>An amount off, in its own currency only.</summary>
public sealed record AmountOff(Money Amount) : Reduction
{
    public override Money Of(Money price) => Amount;

    public override bool IsIn(string currency) => currency == Amount.Currency;
}
