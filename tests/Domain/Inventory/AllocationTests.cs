using DaprShop.Inventory.Domain;

namespace DaprShop.Domain.Tests.Inventory;

public sealed class AllocationTests
{
    private static readonly string[] s_nearestFirst = ["near", "middle", "far"];

    [Fact]
    public void The_nearest_warehouse_that_has_everything_sends_it()
    {
        var picks = Plan([new("mug", 2), new("cup", 1)], Book.Stock("mug", ("near", 5), ("far", 5)), Book.Stock("cup", ("middle", 5), ("far", 5)));

        Assert.Equal([new Pick("mug", "far", 2), new Pick("cup", "far", 1)], picks);
    }

    [Fact]
    public void If_none_has_everything_each_line_comes_from_the_nearest_that_has_it()
    {
        var picks = Plan([new("mug", 2), new("cup", 1)], Book.Stock("mug", ("near", 1), ("middle", 5)), Book.Stock("cup", ("far", 5)));

        Assert.Equal([new Pick("mug", "middle", 2), new Pick("cup", "far", 1)], picks);
    }

    [Fact]
    public void A_line_that_none_has_whole_is_gathered_nearest_first()
    {
        var picks = Plan([new("mug", 7)], Book.Stock("mug", ("far", 4), ("near", 3), ("middle", 2)));

        Assert.Equal([new Pick("mug", "near", 3), new Pick("mug", "middle", 2), new Pick("mug", "far", 2)], picks);
    }

    [Theory]
    [InlineData("GB", "coventry")]
    [InlineData("IE", "coventry")]
    [InlineData("DE", "rotterdam")]
    [InlineData("CA", "indianapolis")]
    public void Nearest_is_nearest_on_the_globe(string country, string warehouse) =>
        Assert.Equal(warehouse, Warehouse.NearestFirst(Geography.HeartOf(country))[0]);

    [Fact]
    public void Without_a_place_the_default_warehouse_comes_first() =>
        Assert.Equal(Warehouse.Default.Id, Warehouse.NearestFirst(null)[0]);

    private static IReadOnlyList<Pick> Plan(StockLine[] lines, params Stock[] stocks) =>
        Allocation.Plan(lines, sku => stocks.First(stock => stock.Sku == sku), s_nearestFirst);
}
