using DaprShop.Catalog.Domain;
using DaprShop.Domain;

namespace DaprShop.Catalog;

/// <summary>A small catalogue to begin with; the inventory service has goods for the same SKUs.</summary>
internal static class BuiltInProducts
{
    private static readonly Product[] s_products =
    [
        Product("MUG-STONE", "Stoneware mug, sea green", 9.50m, "Kitchen", "Thrown by hand and glazed twice. Holds 0.35 l, goes into the dishwasher."),
        Product("TEAPOT-IRON", "Cast-iron teapot, 0.8 l", 42.00m, "Kitchen", "Keeps tea warm for an hour. With a steel strainer."),
        Product("LAMP-DESK", "Desk lamp, brass", 64.90m, "Office", "A lamp that turns and tilts, for an E14 bulb."),
        Product("NOTEBOOK-A5", "Notebook A5, dotted, 192 pages", 12.25m, "Office", "Thread-bound paper of 100 g/m² that takes ink without showing it."),
        Product("PEN-FOUNTAIN", "Fountain pen, fine nib", 28.00m, "Office", "A steel nib and a converter for bottled ink."),
        Product("BLANKET-WOOL", "Lambswool blanket, 140 × 200 cm", 89.00m, "Living", "Woven in Yorkshire, with a fringe."),
        Product("CANDLE-BEESWAX", "Beeswax candle, set of two", 14.75m, "Living", "Each burns for some twenty hours."),
        Product("BASKET-WILLOW", "Willow basket with handle", 31.50m, "Living", "For the market, for firewood, for a cat."),
        Product("CLOCK-WALL", "Wall clock, oak, silent", 54.00m, "Living", "A sweeping hand: it does not tick."),
        Product("APRON-LINEN", "Linen apron, charcoal", 26.40m, "Kitchen", "Washed linen with two pockets."),
        Product("BOARD-OLIVE", "Olive wood cutting board", 33.99m, "Kitchen", "One piece of wood, oiled, no two alike."),
        Product("PRINT-BOTANIC", "Botanical print, 30 × 40 cm", 18.00m, "Living", "A fern, after an engraving of 1820."),
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

    private static Product Product(string sku, string name, decimal pounds, string category, string description) =>
        new(sku, name, new Money(pounds, "GBP"), category: category, description: description);
}
