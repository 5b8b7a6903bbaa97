using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DaprShop.Contracts;
using DaprShop.Orders.Discounts;
using DaprShop.Orders.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Services.Tests.Orders;

public sealed class DiscountTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    private const string Spring = """{"name":"spring","kind":"percentage","percent":20}""";

    [Fact]
    public async Task A_discount_that_is_set_while_the_shop_runs_is_given_and_shown_from_then_on_and_bad_ones_change_nothing()
    {
        var sku = await shop.StockAsync(units: 1000);
        await SetAsync($"[{Spring}]");
        await Eventually.TrueAsync(async () => (await PlaceAsync(sku)).Total.Amount == 8);
        Assert.Equal([new DiscountResponse("spring", new MoneyAmount(2, "GBP"))], (await PlaceAsync(sku)).Discounts);

        // A good value after the bad one tells that the bad one was read.
        await SetAsync("""[{"name":"typo","kind":"percentage","percnt":50}]""");
        await SetAsync("[" + Spring + """,{"name":"late","kind":"fixed","amount":{"amount":1,"currency":"GBP"}}]""");
        HashSet<decimal> totals = [];
        await Eventually.TrueAsync(async () =>
        {
            totals.Add((await PlaceAsync(sku)).Total.Amount);
            return totals.Contains(7);
        });
        Assert.Subset(new HashSet<decimal> { 7, 8 }, totals);

        await SetAsync("");
        await Eventually.TrueAsync(async () => (await PlaceAsync(sku)).Total.Amount == 10);
    }

    [Fact]
    public async Task A_coupon_for_once_is_used_once_by_each_customer_and_comes_back_with_a_cancelled_order()
    {
        var sku = await shop.StockAsync(units: 100);
        await SetAsync("""[{"name":"hello","kind":"coupon","code":"HELLO","percent":50,"oncePerCustomer":true}]""");
        await Eventually.TrueAsync(async () => await RedeemAsync(sku, "HELLO", customer: "pam") is not null);

        var declined = await RedeemAsync(sku, "hello", card: "tok_declined");
        await shop.SettledAsync(declined!.Id);
        var orders = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RedeemAsync(sku, "HELLO")));
        var used = Assert.Single(orders, order => order is not null);

        Assert.Equal(new DiscountResponse("hello", new MoneyAmount(5, "GBP")), Assert.Single(used!.Discounts));
        Assert.Equal(OrderStatus.Confirmed, (await shop.SettledAsync(used.Id)).Status);
        Assert.Null(await RedeemAsync(sku, "HELLO"));
    }

    [Fact]
    public void Every_kind_of_rule_is_read()
    {
        var discounts = DiscountRule.ReadAll("""
            [
              {"name":"spring","kind":"percentage","percent":12.5},
              {"name":"large","kind":"threshold","percent":5,"minimum":{"amount":100,"currency":"GBP"}},
              {"name":"welcome","kind":"fixed","amount":{"amount":5,"currency":"GBP"}},
              {"name":"friends","kind":"coupon","code":"FRIENDS","amount":{"amount":3,"currency":"GBP"},"minimum":{"amount":20,"currency":"GBP"},
               "validFrom":"2026-01-01T00:00:00Z","validUntil":"2027-01-01T00:00:00Z","oncePerCustomer":true}
            ]
            """);

        Assert.Equal([DiscountKind.Percentage, DiscountKind.Threshold, DiscountKind.Fixed, DiscountKind.Coupon], discounts.Select(discount => discount.Kind));
        Assert.Equal(new PercentOff(12.5m), discounts[0].Off);
        Assert.Equal(
            new CouponTerms("FRIENDS", new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero), OncePerCustomer: true),
            discounts[3].Coupon);
    }

    [Theory]
    [InlineData("""{"kind":"fixed","amount":{"amount":5,"currency":"GBP"}}""", "[1].name")]
    [InlineData("""{"name":"spring","kind":"percentage","percent":5}""", "[1].name")]
    [InlineData("""{"name":"premium","kind":"percentage","percent":5}""", "[1].name")]
    [InlineData("""{"name":"a","kind":"premium","percent":5}""", "[1].kind")]
    [InlineData("""{"name":"a","percent":5}""", "[1].kind")]
    [InlineData("""{"name":"a","kind":"percentage","percent":101}""", "[1].percent")]
    [InlineData("""{"name":"a","kind":"percentage","percent":5,"amount":{"amount":5,"currency":"GBP"}}""", "[1].percent")]
    [InlineData("""{"name":"a","kind":"percentage","amount":{"amount":5,"currency":"GBP"}}""", "[1].percent")]
    [InlineData("""{"name":"a","kind":"fixed","amount":{"amount":-5,"currency":"GBP"}}""", "[1].amount.amount")]
    [InlineData("""{"name":"a","kind":"fixed","amount":{"amount":5,"currency":"pounds"}}""", "[1].amount.currency")]
    [InlineData("""{"name":"a","kind":"threshold","percent":5}""", "[1].minimum")]
    [InlineData("""{"name":"a","kind":"coupon","percent":5}""", "[1].code")]
    [InlineData("""{"name":"a","kind":"coupon","percent":5,"code":"two words"}""", "[1].code")]
    [InlineData("""{"name":"a","kind":"fixed","code":"A","amount":{"amount":5,"currency":"GBP"}}""", "[1].code")]
    [InlineData("""{"name":"a","kind":"coupon","percent":5,"code":"A","validFrom":"2026-02-01T00:00:00Z","validUntil":"2026-01-01T00:00:00Z"}""", "[1].validUntil")]
    [InlineData("null", "[1]")]
    public void A_rule_that_cannot_be_is_refused_by_field(string rule, string field) =>
        Assert.Contains(field, Assert.Throws<InvalidInputException>(() => DiscountRule.ReadAll($"[{Spring},{rule}]")).Errors.Keys);

    [Theory]
    [InlineData("spring")]
    [InlineData("{}")]
    [InlineData("""[{"name":"a","kind":"percentage","percent":5,"untl":"2026-01-01T00:00:00Z"}]""")]
    public void What_is_no_list_of_rules_is_refused(string text) => Assert.Throws<JsonException>(() => DiscountRule.ReadAll(text));

    private Task SetAsync(string discounts) => shop.ConfigureAsync(DiscountFeed.Key, discounts);

    private Task<OrderResponse> PlaceAsync(string sku) => shop.PlaceAsync(OrdersShop.Request(sku, 1));

    /// <summary>Null where the coupon was refused.</summary>
    private async Task<OrderResponse?> RedeemAsync(string sku, string coupon, string customer = "ann", string card = "tok_visa")
    {
        var request = OrdersShop.Request(sku, 1, customer, card) with { CouponCode = coupon };
        using var answer = await shop.PostAsync("/orders", request, OrdersShop.NewKey());
        if (answer.StatusCode == HttpStatusCode.BadRequest)
        {
            Assert.Equal(["couponCode"], (await answer.Content.ReadFromJsonAsync<Problem>(ContractsJson.Options))!.Errors!.Keys);
            return null;
        }

        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<OrderResponse>(ContractsJson.Options);
    }
}
