using DaprShop.Catalog.Domain;
using DaprShop.Domain;

namespace DaprShop.Catalog;

/// <summary>A small catalogue to begin with; the inventory service has goods for the same SKUs.</summary>
internal static class BuiltInProducts
{
    private static readonly Product[] s_products =
    [
        new("MUG-STONE", "Stoneware mug, sea green", Pounds(9.50m)),
        new("TEAPOT-IRON", "Cast-iron teapot, 0.8 l", Pounds(42.00m)),
        new("LAMP-DESK", "Desk lamp, brass", Pounds(64.90m)),
        new("NOTEBOOK-A5", "Notebook A5, dotted, 192 pages", Pounds(12.25m)),
        new("PEN-FOUNTAIN", "Fountain pen, fine nib", Pounds(28.00m)),
        new("BLANKET-WOOL", "Lambswool blanket, 140 × 200 cm", Pounds(89.00m)),
        new("CANDLE-BEESWAX", "Beeswax candle, set of two", Pounds(14.75m)),
        new("BASKET-WILLOW", "Willow basket with handle", Pounds(31.50m)),
        new("CLOCK-WALL", "Wall clock, oak, silent", Pounds(54.00m)),
        new("APRON-LINEN", "Linen apron, charcoal", Pounds(26.40m)),
        new("BOARD-OLIVE", "Olive wood cutting board", Pounds(33.99m)),
        new("PRINT-BOTANIC", "Botanical print, 30 × 40 cm", Pounds(18.00m)),
    ];

    public static async Task SeedAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var store = services.GetRequiredService<ProductStore>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        foreach (var product in s_products)
        {
            await store.CreateAsync(product, now, cancellationToken);
        }
    }

    private static Money Pounds(decimal amount) => new(amount, "GBP");
}
