using System.Text.Json;
using DaprShop.Analytics.Domain;
using DaprShop.Contracts;

namespace DaprShop.Domain.Tests.Analytics;

public sealed class FactsTests
{
    private static readonly DateTimeOffset s_at = DateTimeOffset.FromUnixTimeMilliseconds(5000);

    [Fact]
    public void A_confirmed_order_is_a_sale_and_its_lines_are_products_sold()
    {
        var facts = Of(new OrderConfirmed(
            "o1", "c1", "INV-1", Gbp(9), s_at, [new("mug", 2, Gbp(4)), new("tea", 1, Gbp(2)), new("mug", 1, Gbp(4))]))!;

        Assert.Equal(new Sale("id", "orders", "o1", "GBP", IsReturn: false, 900, 5000), facts.Sale);
        Assert.Equal(
            [new SoldProduct("id", "orders", "mug", "GBP", 3, 800, 5000), new SoldProduct("id", "orders", "tea", "GBP", 1, 200, 5000)], facts.Products);
        Assert.Equal(new UserAction("id", "orders", "c1", ActionNames.Confirmed, """{"orderId":"o1"}""", 5000), facts.Action);
    }

    [Fact]
    public void A_return_takes_units_and_money_back()
    {
        var facts = Of(new OrderReturned("o1", "r1", Gbp(4), [new("mug", 1), new("mug", 2)], s_at, "c1"))!;

        Assert.Equal(new Sale("id", "orders", "o1", "GBP", IsReturn: true, 400, 5000), facts.Sale);
        Assert.Equal([new SoldProduct("id", "orders", "mug", "GBP", -3, 0, 5000)], facts.Products);
        Assert.Equal(ActionNames.Returned, facts.Action?.Action);
    }

    [Fact]
    public void Events_from_before_lines_and_customers_were_in_them_count_as_far_as_they_go()
    {
        var confirmed = Of(new OrderConfirmed("o1", "c1", "INV-1", Gbp(9), s_at))!;
        var returned = Of(new OrderReturned("o1", "r1", Gbp(4), [], s_at))!;

        Assert.Equal(900, confirmed.Sale?.Amount);
        Assert.Empty(confirmed.Products);
        Assert.Equal(400, returned.Sale?.Amount);
        Assert.Null(returned.Action);
    }

    [Fact]
    public void Other_events_add_nothing_whatever_is_in_them()
    {
        var data = JsonSerializer.SerializeToElement("anything");

        (string Topic, string Type)[] others =
            [(Topics.Orders, "New"), (Topics.Catalog, nameof(ProductCreated)), (Topics.Payments, nameof(OrderConfirmed))];
        foreach (var (topic, type) in others)
        {
            var facts = Facts.Of(topic, "id", "source", type, data);

            Assert.NotNull(facts);
            Assert.Null(facts.Sale);
            Assert.Null(facts.Action);
            Assert.Empty(facts.Products);
        }
    }

    [Theory]
    [InlineData(null, "orders", "New")]
    [InlineData("", "orders", "New")]
    [InlineData("id", null, "New")]
    [InlineData("id", "orders", "")]
    [InlineData("i\0d", "orders", "New")]
    public void What_cannot_be_told_from_others_is_no_event(string? id, string? source, string? type) =>
        Assert.Null(Facts.Of(Topics.Orders, id, source, type, JsonSerializer.SerializeToElement(1)));

    [Theory]
    [InlineData(nameof(OrderCreated), "{}")]
    [InlineData(nameof(OrderCancelled), "null")]
    [InlineData(nameof(OrderConfirmed), """{"orderId":"o1","customerId":"c1","at":"2026-01-02T03:04:05Z"}""")]
    [InlineData(nameof(OrderConfirmed), """{"orderId":"o1","customerId":"c1","total":{"amount":"x"},"at":"2026-01-02T03:04:05Z"}""")]
    [InlineData(nameof(OrderConfirmed), """{"orderId":"o1","customerId":"c1","total":{"amount":1,"currency":"GBP"}}""")]
    [InlineData(nameof(OrderReturned), """{"orderId":"o1","amount":{"amount":1,"currency":"GBP"},"at":"2026-01-02T03:04:05Z"}""")]
    public void What_lacks_what_its_type_has_is_no_event(string type, string data) =>
        Assert.Null(Facts.Of(Topics.Orders, "id", "orders", type, JsonSerializer.Deserialize<JsonElement>(data)));

    [Fact]
    public void A_line_in_another_currency_than_its_order_is_a_mistake() =>
        Assert.Null(Of(new OrderConfirmed("o1", "c1", "INV-1", Gbp(9), s_at, [new("mug", 1, new MoneyAmount(9, "EUR"))])));

    private static Facts? Of<T>(T happened) =>
        Facts.Of(Topics.Orders, "id", "orders", typeof(T).Name, JsonSerializer.SerializeToElement(happened, ContractsJson.Options));

    private static MoneyAmount Gbp(decimal amount) => new(amount, "GBP");
}
