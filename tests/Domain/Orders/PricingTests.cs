using DaprShop.Orders.Domain;
using static DaprShop.Domain.Tests.Orders.Given;

namespace DaprShop.Domain.Tests.Orders;

public sealed class PricingTests
{
    private static readonly OrderLine[] s_lines = [new("mug", "Mug", 3, Eur(9.99m)), new("cup", "Cup", 1, Eur(0.02m))];

    [Fact]
    public void Without_discounts_the_price_is_the_sum_of_the_lines()
    {
        var price = Pricing.Of(s_lines, "EUR", premiumCustomer: false, []);

        Assert.Equal(Eur(29.99m), price.Total);
        Assert.Empty(price.Discounts);
    }

    [Fact]
    public void A_premium_customer_pays_ten_percent_less_and_sees_it()
    {
        var price = Pricing.Of(s_lines, "EUR", premiumCustomer: true, []);

        Assert.Equal(Eur(26.99m), price.Total);
        Assert.Equal(new GivenDiscount("premium", Eur(3.00m)), Assert.Single(price.Discounts));
    }

    [Fact]
    public void Discounts_are_taken_one_after_the_other_the_premium_one_first()
    {
        Discount[] discounts = [new FixedDiscount("welcome", Eur(5)), new PercentageDiscount("spring", 50)];

        var price = Pricing.Of([new("mug", "Mug", 1, Eur(100))], "EUR", premiumCustomer: true, discounts);

        Assert.Equal(Eur(42.50m), price.Total);
        Assert.Equal([("premium", 10m), ("welcome", 5m), ("spring", 42.50m)], price.Discounts.Select(given => (given.Name, given.Amount.Amount)));
    }

    [Fact]
    public void A_price_never_falls_below_zero()
    {
        Discount[] discounts = [new FixedDiscount("huge", Eur(1000)), new PercentageDiscount("spring", 50)];

        var price = Pricing.Of(s_lines, "EUR", premiumCustomer: false, discounts);

        Assert.Equal(Eur(0), price.Total);
        Assert.Equal(new GivenDiscount("huge", Eur(29.99m)), Assert.Single(price.Discounts));
    }
}
