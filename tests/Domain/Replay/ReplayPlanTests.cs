using System.Globalization;
using DaprShop.Replay;

namespace DaprShop.Domain.Tests.Replay;

public sealed class ReplayPlanTests
{
    private readonly List<RetailRow> _rows = [];

    [Fact]
    public void An_invoice_becomes_an_order_with_its_lines_merged_by_product_and_price()
    {
        Row("1", "84029G", 6, 3.39m);
        Row("1", "84029g", 2, 3.39m);
        Row("1", "84029G", 1, 2.99m);

        var order = Assert.Single(Plan().Orders);

        Assert.Equal(new Dictionary<string, int> { ["84029G-339"] = 8, ["84029G-299"] = 1 }, order.Lines);
        Assert.Equal((8 * 3.39m) + 2.99m, order.Total);
        Assert.Equal("17850", order.Customer);
    }

    [Fact]
    public void The_whole_file_is_delivered_even_when_only_a_part_is_replayed()
    {
        Row("1", "10001", 5, 1m);
        Row("2", "10001", 7, 1m);
        Row("2", "10002", 1, 1m);

        var plan = Plan(limit: 1);

        var product = Assert.Single(plan.Products.Values);
        Assert.Equal(12, product.Units);
        Assert.Single(plan.Orders);
    }

    [Theory]
    [InlineData("POST", 1, "1", "X", "postage, fee or adjustment")]
    [InlineData("10001", 0, "1", "X", "quantity is not positive")]
    [InlineData("10001", -3, "1", "X", "quantity is not positive")]
    [InlineData("10001", 10001, "1", "X", "quantity over 10,000")]
    [InlineData("10001", 1, "0", "X", "price is not positive")]
    [InlineData("10001", 1, "1.005", "X", "price is not in whole pence")]
    [InlineData("10001", 1, "1", "", "no description")]
    public void A_row_that_cannot_be_an_order_is_listed_with_its_reason(string code, int quantity, string price, string description, string reason)
    {
        Row("1", code, quantity, decimal.Parse(price, CultureInfo.InvariantCulture), description: description);

        var plan = Plan();

        Assert.Empty(plan.Steps);
        Assert.Equal(reason, Assert.Single(plan.Rejected).Reason);
    }

    [Fact]
    public void Lines_without_a_customer_belong_to_the_walk_in_customer()
    {
        Row("1", "10001", 1, 1m, customer: "");

        Assert.Equal(ReplayPlan.WalkIn, Assert.Single(Plan().Orders).Customer);
    }

    [Fact]
    public void A_cancellation_gives_back_the_latest_order_of_that_customer_that_has_the_goods()
    {
        Row("1", "10001", 5, 1m);
        Row("2", "10001", 5, 1m);
        Row("3", "10001", 9, 1m, customer: "1.0");
        Row("C4", "10001", -4, 1m);
        Row("C5", "10001", -4, 1m);

        var plan = Plan();

        Assert.Equal(["2", "1"], plan.Steps.OfType<PlannedReturn>().Select(back => back.Order.Invoice));
        Assert.All(plan.Steps.OfType<PlannedReturn>(), back => Assert.False(back.WholeOrder));
    }

    [Fact]
    public void A_cancellation_of_everything_that_was_ordered_is_one_of_the_whole_order()
    {
        Row("1", "10001", 5, 1m);
        Row("1", "10002", 1, 1m);
        Row("C2", "10001", -5, 1m);
        Row("C2", "10002", -1, 1m);

        Assert.True(Assert.Single(Plan().Steps.OfType<PlannedReturn>()).WholeOrder);
    }

    [Fact]
    public void A_cancellation_that_matches_nothing_is_listed()
    {
        Row("1", "10001", 5, 1m);
        Row("C2", "10001", -6, 1m);
        Row("C3", "10001", -1, 1m, customer: "");

        Assert.Equal(
            ["cancellation of nothing in this file", "cancellation without a customer"], Plan().Rejected.Select(rejected => rejected.Reason));
    }

    private ReplayPlan Plan(int limit = int.MaxValue) => ReplayPlan.From(_rows, limit);

    private void Row(string invoice, string code, int quantity, decimal price, string customer = "17850.0", string description = "A THING") =>
        _rows.Add(new RetailRow(
            _rows.Count + 2,
            invoice,
            code,
            description,
            quantity.ToString(CultureInfo.InvariantCulture),
            "2010-12-01 08:26:00",
            price.ToString(CultureInfo.InvariantCulture),
            customer,
            "United Kingdom"));
}
