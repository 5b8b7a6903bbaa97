namespace DaprShop.Inventory.Domain;

public enum ReservationState
{
    /// <summary>There was not enough; nothing is held.</summary>
    Refused,
    Reserved,
    Committed,

    /// <summary>Nothing is held any more; without lines: it was released before it was asked for, and never will hold anything.</summary>
    Released,
}

/// <summary>
/// What an order holds of the stock. Each order id has one for ever, refusals included: a request that comes a second time, or
/// late, gets the answer of the first and moves no goods.
/// </summary>
public sealed record Reservation(string OrderId, ReservationState State, IReadOnlyList<StockLine> Lines)
{
    public IReadOnlyList<Shortage> Shortages { get; init; } = [];

    public IReadOnlyList<StockReturn> Returns { get; init; } = [];

    /// <summary>Units of a product that were shipped and did not come back.</summary>
    public int Outstanding(string sku) =>
        Units(Lines, sku) - Returns.Sum(goods => Units(goods.Lines, sku));

    private static int Units(IReadOnlyList<StockLine> lines, string sku) => lines.Where(line => line.Sku == sku).Sum(line => line.Units);
}

/// <summary>A line that could not be reserved, and what was there.</summary>
public sealed record Shortage(string Sku, int Requested, int Available);

/// <summary>Units that came back; the id is applied once an order.</summary>
public sealed record StockReturn(string Id, IReadOnlyList<StockLine> Lines);
