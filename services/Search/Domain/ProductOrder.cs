namespace DaprShop.Search.Domain;

/// <summary>What comes first.</summary>
public enum ProductOrder
{
    Relevance,
    Name,
    Price,
    PriceDescending,
    Rating,
    Popular,
}

/// <summary>The orders by the names that a request gives them.</summary>
public static class ProductOrders
{
    private static readonly (string Name, ProductOrder Order)[] s_orders =
    [
        ("relevance", ProductOrder.Relevance),
        ("name", ProductOrder.Name),
        ("price", ProductOrder.Price),
        ("-price", ProductOrder.PriceDescending),
        ("rating", ProductOrder.Rating),
        ("popular", ProductOrder.Popular),
    ];

    public static IEnumerable<string> Names => s_orders.Select(order => order.Name);

    public static ProductOrder? Find(string? name) =>
        s_orders.Where(order => order.Name == name).Select(order => (ProductOrder?)order.Order).FirstOrDefault();
}
