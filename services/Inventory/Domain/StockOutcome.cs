namespace DaprShop.Inventory.Domain;

/// <summary>What became of a command.</summary>
public abstract record StockOutcome
{
    private StockOutcome()
    {
    }

    /// <summary>The delivery is in the stock, now or since before.</summary>
    public sealed record Delivered(Stock Stock) : StockOutcome;

    /// <summary>The reservation is as the command wants it, now or since before.</summary>
    public sealed record Settled(Reservation Reservation) : StockOutcome;

    /// <summary>Nothing was reserved.</summary>
    public sealed record OutOfStock(IReadOnlyList<Shortage> Shortages) : StockOutcome;

    /// <summary>What happened before forbids it.</summary>
    public sealed record Conflict(string Reason) : StockOutcome;

    /// <summary>The id of the command was used for other goods.</summary>
    public sealed record Reused(string Reason) : StockOutcome;

    /// <summary>More is to come back than was shipped.</summary>
    public sealed record NotReturnable(string Reason) : StockOutcome;

    /// <summary>There is no such reservation.</summary>
    public sealed record Unknown : StockOutcome;
}
