namespace DaprShop.Inventory.Domain;

public enum ReservationState
{
    /// <summary>There was not enough; nothing is held.</summary>
    Refused,
    Reserved,
    Committed,

    /// <summary>Nothing is held any more; without lines: it was released before it was asked for, and never will hold anything.</summary>
    Released,

    /// <summary>It was held for as long as was asked; whoever still wants the goods gets them if they are still there.</summary>
    Expired,
}

/// <summary>
/// What an order holds of the stock, where, and until when. Each order id has one for ever, refusals included: a request that comes a
/// second time, or late, gets the answer of the first and moves no goods.
/// </summary>
public sealed record Reservation(string OrderId, ReservationState State, IReadOnlyList<StockLine> Lines)
{
    /// <summary>Which warehouses the lines are taken from.</summary>
    public IReadOnlyList<Pick> Picks { get; init; } = [];

    public DateTimeOffset? ExpiresAt { get; init; }

    public IReadOnlyList<Shortage> Shortages { get; init; } = [];

    public IReadOnlyList<StockReturn> Returns { get; init; } = [];

    /// <summary>Units of a product that were shipped and did not come back.</summary>
    public int Outstanding(string sku) => Count(Lines, sku) - Returned(sku);

    /// <summary>Where returned units go: each to the warehouse it came from, in the order of the picks.</summary>
    public IReadOnlyList<Pick> PicksOf(IEnumerable<StockLine> returned) => [.. returned.SelectMany(line =>
    {
        var (skip, take) = (Returned(line.Sku), line.Units);
        return Picks.Where(pick => pick.Sku == line.Sku).Select(pick =>
        {
            var passed = Math.Min(skip, pick.Units);
            var taken = Math.Min(take, pick.Units - passed);
            (skip, take) = (skip - passed, take - taken);
            return pick with { Units = taken };
        }).Where(pick => pick.Units > 0).ToList();
    })];

    private int Returned(string sku) => Returns.Sum(goods => Count(goods.Lines, sku));

    private static int Count(IReadOnlyList<StockLine> lines, string sku) => lines.Where(line => line.Sku == sku).Sum(line => line.Units);
}

/// <summary>A line that could not be reserved, and what was there.</summary>
public sealed record Shortage(string Sku, int Requested, int Available);

/// <summary>Units that came back; the id is applied once an order.</summary>
public sealed record StockReturn(string Id, IReadOnlyList<StockLine> Lines);
