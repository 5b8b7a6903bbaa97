using System.Globalization;
using DaprShop.Analytics.Domain;
using DaprShop.Contracts;

namespace DaprShop.Domain.Tests.Analytics;

public sealed class MinorUnitsTests
{
    [Theory]
    [InlineData("12.34", "GBP", 1234)]
    [InlineData("0.1", "EUR", 10)]
    [InlineData("1999", "JPY", 1999)]
    [InlineData("1.234", "KWD", 1234)]
    [InlineData("0", "GBP", 0)]
    [InlineData("1000000000000000", "GBP", 100_000_000_000_000_000)]
    public void An_amount_is_a_whole_number_of_minor_units_and_back(string amount, string currency, long expected)
    {
        var money = new MoneyAmount(decimal.Parse(amount, CultureInfo.InvariantCulture), currency);

        Assert.True(MinorUnits.TryFrom(money, out var units));
        Assert.Equal(expected, units);
        Assert.Equal(money, MinorUnits.ToMoney(units, currency));
    }

    [Theory]
    [InlineData("-0.01", "GBP")]
    [InlineData("0.001", "GBP")]
    [InlineData("0.5", "JPY")]
    [InlineData("1", "pounds")]
    [InlineData("1", null)]
    [InlineData("1000000000000000.01", "GBP")]
    [InlineData("1000000000000000", "CLF")]
    public void What_cannot_be_counted_exactly_is_refused(string amount, string? currency) =>
        Assert.False(MinorUnits.TryFrom(new MoneyAmount(decimal.Parse(amount, CultureInfo.InvariantCulture), currency!), out _));

    [Fact]
    public void A_difference_may_be_below_zero() => Assert.Equal(new MoneyAmount(-0.05m, "GBP"), MinorUnits.ToMoney(-5, "GBP"));
}
