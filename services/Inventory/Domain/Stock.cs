namespace DaprShop.Inventory.Domain;

/// <summary>One product: what there is of it in each warehouse, and what was proposed to its supplier when it ran low.</summary>
public sealed record Stock(string Sku, IReadOnlyList<Shelf> Shelves)
{
    /// <summary>What waits for the supplier; null when nothing does.</summary>
    public PurchaseProposal? Proposal { get; init; }

    /// <summary>How often it ran low so far.</summary>
    public int Shortages { get; init; }

    public static Stock None(string sku) => new(sku, []);

    public Units Total() => Shelves.Aggregate(Units.None, (sum, shelf) => sum + shelf.Units);

    public Units In(string warehouse) => Shelves.FirstOrDefault(shelf => shelf.Warehouse == warehouse)?.Units ?? Units.None;

    /// <summary>The stock after a move in one warehouse.</summary>
    public Stock Move(string warehouse, Func<Units, Units> move)
    {
        var shelf = new Shelf(warehouse, move(In(warehouse)));
        return this with { Shelves = [.. Shelves.Where(other => other.Warehouse != warehouse), shelf] };
    }
}

/// <summary>The units of a product in one warehouse.</summary>
public sealed record Shelf(string Warehouse, Units Units);

/// <summary>A number of units of one product.</summary>
public sealed record StockLine(string Sku, int Units)
{
    /// <summary>One line a product, in the order in which the products first appear.</summary>
    public static IReadOnlyList<StockLine> Merge(IEnumerable<StockLine> lines) =>
        [.. lines.GroupBy(line => line.Sku, StringComparer.Ordinal).Select(group => new StockLine(group.Key, checked(group.Sum(line => line.Units))))];

    /// <summary>The same units of the same products, in whatever order.</summary>
    public static bool Same(IReadOnlyList<StockLine> left, IReadOnlyList<StockLine> right) =>
        left.Count == right.Count && left.ToHashSet().SetEquals(right);
}

/// <summary>Goods that arrived in a warehouse; the id is the supplier's and is applied once a product.</summary>
public sealed record Delivery(string Sku, string Id, int Units, string Warehouse);
