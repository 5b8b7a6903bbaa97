namespace DaprShop.Inventory.Domain;

/// <summary>Units of a product that are taken from one warehouse.</summary>
public sealed record Pick(string Sku, string Warehouse, int Units);

/// <summary>Which warehouses an order's goods are taken from.</summary>
public static class Allocation
{
    /// <summary>
    /// All from the nearest warehouse that has all of it. If none has, each line from the nearest that has the whole line, and a line that
    /// none has whole from several, the nearest first. There must be enough in all.
    /// </summary>
    public static IReadOnlyList<Pick> Plan(IReadOnlyList<StockLine> lines, Func<string, Stock> stockOf, IReadOnlyList<string> nearestFirst)
    {
        var single = nearestFirst.FirstOrDefault(warehouse => lines.All(line => Has(warehouse, line)));
        return single is null ? [.. lines.SelectMany(Split)] : [.. lines.Select(line => new Pick(line.Sku, single, line.Units))];

        bool Has(string warehouse, StockLine line) => stockOf(line.Sku).In(warehouse).OnHand >= line.Units;

        IEnumerable<Pick> Split(StockLine line) =>
            nearestFirst.FirstOrDefault(warehouse => Has(warehouse, line)) is { } whole
                ? [new Pick(line.Sku, whole, line.Units)]
                : Gather(line);

        IEnumerable<Pick> Gather(StockLine line)
        {
            var missing = line.Units;
            foreach (var warehouse in nearestFirst)
            {
                var taken = Math.Min(missing, stockOf(line.Sku).In(warehouse).OnHand);
                if (taken > 0)
                {
                    missing -= taken;
                    yield return new Pick(line.Sku, warehouse, taken);
                }
            }
        }
    }
}
