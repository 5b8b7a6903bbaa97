using DaprShop.Inventory.Domain;

namespace DaprShop.Inventory;

/// <summary>Goods for the catalogue's built-in products; their delivery ids make each arrive once.</summary>
internal static class FirstDeliveries
{
    private const string DeliveryId = "opening-stock";

    private static readonly StockLine[] s_goods =
    [
        new("MUG-STONE", 500),
        new("TEAPOT-IRON", 120),
        new("LAMP-DESK", 80),
        new("NOTEBOOK-A5", 1_000),
        new("PEN-FOUNTAIN", 250),
        new("BLANKET-WOOL", 60),
        new("CANDLE-BEESWAX", 800),
        new("BASKET-WILLOW", 150),
        new("CLOCK-WALL", 90),
        new("APRON-LINEN", 200),
        new("BOARD-OLIVE", 140),
        new("PRINT-BOTANIC", 300),
    ];

    // Not all goods lie everywhere, so that some orders are picked in two warehouses.
    private static readonly Delivery[] s_abroad =
    [
        new("MUG-STONE", "opening-stock-nl", 200, "rotterdam"),
        new("LAMP-DESK", "opening-stock-nl", 60, "rotterdam"),
        new("CANDLE-BEESWAX", "opening-stock-us", 150, "indianapolis"),
        new("MUG-STONE", "opening-stock-us", 200, "indianapolis"),
    ];

    public static Task SeedAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var writer = services.GetRequiredService<StockWriter>();
        return Task.WhenAll(s_goods.Select(goods =>
            writer.ApplyAsync(new ReceiveGoods(new Delivery(goods.Sku, DeliveryId, goods.Units, Warehouse.Default.Id)), cancellationToken))
            .Concat(s_abroad.Select(goods => writer.ApplyAsync(new ReceiveGoods(goods), cancellationToken))));
    }
}
