using DaprShop.Domain;

namespace DaprShop.Inventory.Domain;

/// <summary>Units of one product. OnHand + Reserved + Shipped = Received, always, and none is ever negative.</summary>
public sealed record Stock(string Sku, int Received, int OnHand, int Reserved, int Shipped)
{
    public static Stock None(string sku) => new(sku, 0, 0, 0, 0);

    public Stock Receive(int units) => Move(units, onHand: +1, received: +1);

    public Stock Reserve(int units) => Move(units, onHand: -1, reserved: +1);

    public Stock Release(int units) => Move(units, reserved: -1, onHand: +1);

    public Stock Ship(int units) => Move(units, reserved: -1, shipped: +1);

    public Stock TakeBack(int units) => Move(units, shipped: -1, onHand: +1);

    private Stock Move(int units, int received = 0, int onHand = 0, int reserved = 0, int shipped = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        var moved = checked(new Stock(
            Sku, Received + (received * units), OnHand + (onHand * units), Reserved + (reserved * units), Shipped + (shipped * units)));
        if (moved is { OnHand: < 0 } or { Reserved: < 0 } or { Shipped: < 0 })
        {
            throw new DomainException("stock-invariant", $"{Sku} has {OnHand} on hand, {Reserved} reserved and {Shipped} shipped: {units} cannot be moved.");
        }

        return moved;
    }
}

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

/// <summary>Goods that arrived; the id is the supplier's and is applied once a product.</summary>
public sealed record Delivery(string Sku, string Id, int Units);
