using DaprShop.Orders.Domain;
using static DaprShop.Domain.Tests.Orders.Given;

namespace DaprShop.Domain.Tests.Orders;

public sealed class PricingTests
{
    private static readonly Discount s_spring = new("spring", DiscountKind.Percentage, new PercentOff(50));
    private static readonly Discount s_welcome = new("welcome", DiscountKind.Fixed, new AmountOff(Eur(5)));
    private static readonly Discount s_large = new("large", DiscountKind.Threshold, new PercentOff(10)) { Minimum = Eur(100) };
    private static readonly Discount s_coupon = new("friends", DiscountKind.Coupon, new AmountOff(Eur(2)))
    {
        Minimum = Eur(50),
        Coupon = new CouponTerms("FRIENDS", Now.AddDays(-1), Now.AddDays(1)),
    };

    [Fact]
    public void Without_discounts_the_price_is_the_sum_of_the_lines()
    {
        var price = PriceOf(29.99m, []);

        Assert.Equal(Eur(29.99m), price.Total);
        Assert.Empty(price.Discounts);
    }

    [Fact]
    public void A_premium_customer_pays_ten_percent_less_and_sees_it()
    {
        var price = PriceOf(29.99m, [], premium: true);

        Assert.Equal(Eur(26.99m), price.Total);
        Assert.Equal(new GivenDiscount("premium", Eur(3.00m)), Assert.Single(price.Discounts));
    }

    [Fact]
    public void Discounts_are_taken_in_the_order_of_their_kinds_each_from_what_the_others_left()
    {
        var price = PriceOf(100, [s_coupon, s_welcome, s_large, s_spring], premium: true, coupon: "FRIENDS");

        Assert.Equal(
            [("premium", 10m), ("spring", 45m), ("large", 4.50m), ("welcome", 5m), ("friends", 2m)],
            price.Discounts.Select(given => (given.Name, given.Amount.Amount)));
        Assert.Equal(Eur(33.50m), price.Total);
    }

    [Fact]
    public void Discounts_of_one_kind_are_taken_as_they_are_written()
    {
        var half = s_spring with { Name = "half" };

        Assert.Equal(["spring", "half"], PriceOf(10, [s_spring, half]).Discounts.Select(given => given.Name));
        Assert.Equal(["half", "spring"], PriceOf(10, [half, s_spring]).Discounts.Select(given => given.Name));
    }

    [Theory]
    [InlineData(99.99, 0)]
    [InlineData(100, 1)]
    public void A_threshold_is_what_the_lines_come_to_before_other_discounts(decimal subtotal, int given) =>
        Assert.Equal(given, PriceOf(subtotal, [s_welcome, s_large]).Discounts.Count(discount => discount.Name == "large"));

    [Fact]
    public void An_amount_or_a_threshold_in_another_currency_is_not_given()
    {
        var pounds = new Money(1, "GBP");
        Discount[] foreign =
        [
            new("fixed", DiscountKind.Fixed, new AmountOff(pounds)),
            new("threshold", DiscountKind.Threshold, new PercentOff(10)) { Minimum = pounds },
        ];

        Assert.Empty(PriceOf(100, foreign).Discounts);
    }

    [Fact]
    public void A_price_never_falls_below_zero()
    {
        var price = PriceOf(29.99m, [new("huge", DiscountKind.Fixed, new AmountOff(Eur(1000))), new("more", DiscountKind.Fixed, new AmountOff(Eur(1)))]);

        Assert.Equal(Eur(0), price.Total);
        Assert.Equal(new GivenDiscount("huge", Eur(29.99m)), Assert.Single(price.Discounts));
    }

    [Fact]
    public void A_coupon_is_only_given_to_those_who_name_it()
    {
        Assert.Empty(PriceOf(50, [s_coupon]).Discounts);

        var price = PriceOf(50, [s_coupon], coupon: "friends");
        Assert.Equal(new GivenDiscount("friends", Eur(2)), Assert.Single(price.Discounts));
        Assert.Equal("FRIENDS", price.Coupon?.Code);
    }

    [Theory]
    [InlineData("ENEMIES", 50, 0, "is not a coupon")]
    [InlineData("FRIENDS", 50, -25, "is not valid before")]
    [InlineData("FRIENDS", 50, 24, "expired")]
    [InlineData("FRIENDS", 49.99, 0, "is for orders from 50.00 EUR")]
    public void A_coupon_that_cannot_be_used_is_refused(string code, decimal subtotal, int hours, string why)
    {
        var refused = Assert.Throws<DomainException>(() => PriceOf(subtotal, [s_coupon], coupon: code, at: Now.AddHours(hours)));

        Assert.Equal("couponCode", refused.Field);
        Assert.StartsWith(why, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_coupon_in_another_currency_is_refused()
    {
        var pounds = s_coupon with { Off = new AmountOff(new Money(2, "GBP")), Minimum = null };

        Assert.Equal("couponCode", Assert.Throws<DomainException>(() => PriceOf(50, [pounds], coupon: "FRIENDS")).Field);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100.5)]
    public void A_percentage_is_above_zero_and_at_most_100(decimal percent) =>
        Assert.Equal("percent", Assert.Throws<DomainException>(() => new PercentOff(percent)).Field);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_the_discounts_the_total_is_the_lines_less_the_discounts_and_never_negative(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 2_000; run++)
        {
            OrderLine[] lines = [.. Enumerable.Range(0, random.Next(1, 6)).Select(i =>
                new OrderLine($"p{i}", $"p{i}", random.Next(1, 20), Eur(random.Next(0, 5_000) / 100m)))];
            Discount[] discounts = [.. Enumerable.Range(0, random.Next(0, 8)).Select(i => Any(random, i))];
            var coupon = discounts.FirstOrDefault(discount => discount.Coupon is not null && discount.IsFor(Pricing.Subtotal(lines, "EUR")));

            var price = Pricing.Of(lines, "EUR", random.Next(2) == 0, discounts, coupon?.Coupon!.Code, Now);

            Assert.True(price.Total.Amount >= 0);
            Assert.All(price.Discounts, given => Assert.True(given.Amount.Amount > 0));
            Assert.Equal(
                Pricing.Subtotal(lines, "EUR").Amount - price.Total.Amount,
                price.Discounts.Sum(given => given.Amount.Amount));
        }
    }

    private static Discount Any(Random random, int i)
    {
        var kind = (DiscountKind)random.Next((int)DiscountKind.Percentage, (int)DiscountKind.Coupon + 1);
        Reduction off = random.Next(2) == 0 ? new PercentOff(random.Next(1, 10_001) / 100m) : new AmountOff(Eur(random.Next(0, 30_000) / 100m));
        return new Discount($"d{i}", kind, off)
        {
            Minimum = random.Next(2) == 0 ? Eur(random.Next(0, 200)) : null,
            Coupon = kind == DiscountKind.Coupon ? new CouponTerms($"C{i}") : null,
        };
    }

    private static Price PriceOf(
        decimal subtotal, IReadOnlyList<Discount> discounts, bool premium = false, string? coupon = null, DateTimeOffset? at = null) =>
        Pricing.Of([new("mug", "Mug", 1, Eur(subtotal))], "EUR", premium, discounts, coupon, at ?? Now);
}
