namespace DaprShop.Replay;

/// <summary>
/// Finds the order that a cancelled line gives back. The file does not say it: the latest earlier order of the same customer
/// with enough of the same stock code left is taken, at the cancelled price if there is one.
/// </summary>
internal sealed class ReturnMatcher
{
    private readonly Dictionary<(string Customer, string StockCode), List<Sold>> _sold = [];

    public void Remember(PlannedOrder order)
    {
        foreach (var (sku, quantity) in order.Lines)
        {
            var key = (order.Customer, sku[..sku.LastIndexOf('-')]);
            if (!_sold.TryGetValue(key, out var sold))
            {
                _sold.Add(key, sold = []);
            }

            sold.Add(new Sold(order, sku) { Left = quantity });
        }
    }

    public (PlannedOrder Order, string Sku)? Take(string customer, string stockCode, string sku, int quantity)
    {
        if (!_sold.TryGetValue((customer, stockCode), out var sold))
        {
            return null;
        }

        var match = sold.FindLast(line => line.Left >= quantity && line.Sku == sku) ?? sold.FindLast(line => line.Left >= quantity);
        if (match is null)
        {
            return null;
        }

        match.Left -= quantity;
        return (match.Order, match.Sku);
    }

    private sealed record Sold(PlannedOrder Order, string Sku)
    {
        public int Left { get; set; }
    }
}
