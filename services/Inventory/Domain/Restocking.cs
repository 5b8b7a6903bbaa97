namespace DaprShop.Inventory.Domain;

/// <summary>What is proposed to a supplier: so many units of a product that ran low.</summary>
public sealed record PurchaseProposal(string Id, string Sku, string Supplier, int Units, DateTimeOffset At);

/// <summary>When a product has run low, and how much of it there should be again.</summary>
public sealed record RestockPolicy(int Threshold, int Target)
{
    public bool IsLow(Stock stock) => stock.Total().OnHand < Threshold;

    /// <summary>The stock with the proposal for its shortage; one stays open until a delivery comes, however low the stock gets.</summary>
    public Stock Propose(Stock stock, DateTimeOffset now)
    {
        var shortage = stock.Shortages + 1;
        var proposal = new PurchaseProposal(
            $"{stock.Sku}:{shortage}", stock.Sku, Supplier.Of(stock.Sku).Name, Target - stock.Total().OnHand, now);
        return stock with { Proposal = proposal, Shortages = shortage };
    }
}

/// <summary>Who the shop buys from.</summary>
public sealed record Supplier(string Name, string Email, int LeadDays, IReadOnlyList<string> Skus)
{
    /// <summary>The suppliers that the shop has contracts with, by the beginnings of the SKUs they make; the last one gets anything.</summary>
    public static IReadOnlyList<Supplier> Contracted { get; } =
    [
        new("Stoke Potteries", "orders@stoke-potteries.example", LeadDays: 7, ["MUG-", "TEAPOT-", "CLOCK-"]),
        new("Leith Weavers", "sales@leith-weavers.example", LeadDays: 14, ["BLANKET-", "APRON-", "BASKET-"]),
        new("Camden Stationers", "trade@camden-stationers.example", LeadDays: 3, ["NOTEBOOK-", "PEN-", "PRINT-"]),
        new("General Trading", "purchasing@general-trading.example", LeadDays: 10, [""]),
    ];

    public static Supplier Of(string sku) =>
        Contracted.First(supplier => supplier.Skus.Any(beginning => sku.StartsWith(beginning, StringComparison.Ordinal)));
}
