using System.Globalization;

namespace DaprShop.Domain;

/// <summary>
/// An amount of money: never negative, in one ISO 4217 currency, rounded half to even at the currency's minor unit.
/// Immutable; equal by amount and currency.
/// </summary>
public sealed record Money : IComparable<Money>
{
    /// <summary>No amount is above this many major units, so that sums and products of amounts stay in range.</summary>
    public const decimal Limit = 1_000_000_000_000_000m;

    /// <summary>Takes an amount in major units (12.50) and rounds it to the minor unit.</summary>
    /// <exception cref="DomainException">Negative or absurd amount (field <c>amount</c>) or no such currency (field <c>currency</c>).</exception>
    public Money(decimal amount, string currency)
    {
        var decimals = Domain.Currency.Decimals(currency);
        if (amount is < 0 or > Limit)
        {
            var problem = amount < 0 ? "An amount of money cannot be negative" : "That is more money than can be counted here";
            throw new DomainException(DomainErrors.Invalid, problem, "amount");
        }

        Amount = decimal.Round(amount, decimals, MidpointRounding.ToEven);
        Currency = currency;
    }

    /// <summary>Major units.</summary>
    public decimal Amount { get; }

    /// <summary>ISO 4217 code.</summary>
    public string Currency { get; }

    /// <summary>No money.</summary>
    public static Money Zero(string currency) => new(0, currency);

    /// <summary>The sum.</summary>
    /// <exception cref="DomainException">The currencies differ.</exception>
    public Money Add(Money other) => new(Amount + InSameCurrency(other).Amount, Currency);

    /// <summary>The difference.</summary>
    /// <exception cref="DomainException">The currencies differ, or the result would be negative.</exception>
    public Money Subtract(Money other) => new(Amount - InSameCurrency(other).Amount, Currency);

    /// <summary>The product, rounded to the minor unit.</summary>
    /// <exception cref="DomainException">The factor is negative.</exception>
    public Money Multiply(decimal factor) => new(Amount * factor, Currency);

    /// <summary>Order by amount.</summary>
    /// <exception cref="DomainException">The currencies differ.</exception>
    public int CompareTo(Money? other) => other is null ? 1 : Amount.CompareTo(InSameCurrency(other).Amount);

    /// <inheritdoc cref="Add"/>
    public static Money operator +(Money left, Money right) => left.Add(right);

    /// <inheritdoc cref="Subtract"/>
    public static Money operator -(Money left, Money right) => left.Subtract(right);

    /// <inheritdoc cref="Multiply"/>
    public static Money operator *(Money money, decimal factor) => money.Multiply(factor);

    /// <summary>By amount, in one currency.</summary>
    public static bool operator <(Money left, Money right) => left.CompareTo(right) < 0;

    /// <summary>By amount, in one currency.</summary>
    public static bool operator >(Money left, Money right) => left.CompareTo(right) > 0;

    /// <summary>By amount, in one currency.</summary>
    public static bool operator <=(Money left, Money right) => left.CompareTo(right) <= 0;

    /// <summary>By amount, in one currency.</summary>
    public static bool operator >=(Money left, Money right) => left.CompareTo(right) >= 0;

    /// <summary>Such as <c>12.50 EUR</c>.</summary>
    public override string ToString() =>
        $"{Amount.ToString("F" + Domain.Currency.Decimals(Currency), CultureInfo.InvariantCulture)} {Currency}";

    private Money InSameCurrency(Money other) =>
        other.Currency == Currency
            ? other
            : throw new DomainException(DomainErrors.CurrencyMismatch, $"{other.Currency} cannot be combined with {Currency}", "currency");
}
