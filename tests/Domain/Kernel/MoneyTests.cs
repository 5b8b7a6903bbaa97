using System.Text.Json;
using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.Domain.Tests.Kernel;

public sealed class MoneyTests
{
    [Fact]
    public void An_amount_cannot_be_negative()
    {
        var refused = Assert.Throws<DomainException>(() => new Money(-0.01m, "EUR"));

        Assert.Equal("amount", refused.Field);
    }

    [Theory]
    [InlineData("EURO")]
    [InlineData("eur")]
    [InlineData("XYZ")]
    [InlineData("")]
    [InlineData(null)]
    public void A_currency_is_a_code_of_ISO_4217(string? currency)
    {
        var refused = Assert.Throws<DomainException>(() => new Money(1, currency!));

        Assert.Equal("currency", refused.Field);
    }

    [Theory]
    [InlineData("0.005", "EUR", "0.00")]
    [InlineData("0.015", "EUR", "0.02")]
    [InlineData("0.025", "EUR", "0.02")]
    [InlineData("0.5", "JPY", "0")]
    [InlineData("1.5", "JPY", "2")]
    [InlineData("2.5", "JPY", "2")]
    [InlineData("0.0005", "KWD", "0.000")]
    [InlineData("0.0015", "KWD", "0.002")]
    [InlineData("0.00015", "CLF", "0.0002")]
    public void It_rounds_half_to_even_at_the_minor_unit_of_its_currency(string amount, string currency, string rounded) =>
        Assert.Equal(decimal.Parse(rounded), new Money(decimal.Parse(amount), currency).Amount);

    [Fact]
    public void Amounts_of_one_currency_add_up()
    {
        Assert.Equal(new Money(3.75m, "EUR"), new Money(1.50m, "EUR") + new Money(2.25m, "EUR"));
        Assert.Equal(new Money(0.75m, "EUR"), new Money(2.25m, "EUR") - new Money(1.50m, "EUR"));
    }

    [Fact]
    public void More_cannot_be_taken_than_there_is() =>
        Assert.Throws<DomainException>(() => new Money(1, "EUR") - new Money(1.01m, "EUR"));

    [Fact]
    public void Different_currencies_are_never_combined_or_compared()
    {
        var (euros, pounds) = (new Money(1, "EUR"), new Money(1, "GBP"));

        Assert.All(
            new Func<object>[] { () => euros + pounds, () => euros - pounds, () => euros < pounds },
            combine => Assert.Equal(DomainErrors.CurrencyMismatch, Assert.Throws<DomainException>(combine).Code));
    }

    [Fact]
    public void A_product_is_rounded_and_its_factor_not_negative()
    {
        Assert.Equal(new Money(0.34m, "EUR"), new Money(1.00m, "EUR") * 0.335m);
        Assert.Throws<DomainException>(() => new Money(1, "EUR") * -1);
    }

    [Fact]
    public void The_largest_amounts_are_refused_not_overflown()
    {
        var largest = new Money(Money.Limit, "EUR");

        Assert.Equal("amount", Assert.Throws<DomainException>(() => largest + new Money(0.01m, "EUR")).Field);
        Assert.Equal("amount", Assert.Throws<DomainException>(() => largest * 10_000).Field);
        Assert.Equal("amount", Assert.Throws<DomainException>(() => new Money(decimal.MaxValue, "EUR")).Field);
    }

    [Fact]
    public void It_is_equal_by_value_however_the_amount_is_written()
    {
        Assert.Equal(new Money(12.5m, "EUR"), new Money(12.50m, "EUR"));
        Assert.NotEqual(new Money(12.5m, "EUR"), new Money(12.5m, "USD"));
        Assert.Equal("12.50 EUR", new Money(12.5m, "EUR").ToString());
        Assert.Equal("12 JPY", new Money(12, "JPY").ToString());
    }

    [Fact]
    public void It_survives_being_stored()
    {
        var money = new Money(12.5m, "EUR");

        Assert.Equal(money, JsonSerializer.Deserialize<Money>(JsonSerializer.Serialize(money, ContractsJson.Options), ContractsJson.Options));
        Assert.Equal(money, money.ToContract().ToMoney());
    }
}
