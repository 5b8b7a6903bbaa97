using DaprShop.Contracts;

namespace DaprShop.Tracking.Domain;

/// <summary>
/// How far a client has followed an order's parcels. Their stops are numbered from 1 over the whole order; events about them come more
/// than once, late and in any order, or not at all, and a client is to get each stop once and in order.
/// </summary>
public sealed class Timeline
{
    /// <summary>The number of the last stop that the client has.</summary>
    public int Seen { get; private set; }

    /// <summary>The client says what it has from an earlier connection; it cannot have more than there is.</summary>
    public static Timeline ResumeAfter(int sequence, IReadOnlyList<ParcelMoved> moves) =>
        new() { Seen = Math.Clamp(sequence, 0, moves.Select(move => move.OrderSequence).DefaultIfEmpty().Max()) };

    /// <summary>Whether the stop is new, known, or shows that others are missing. A new one counts as seen.</summary>
    public Progress Take(ParcelMoved move)
    {
        if (move.OrderSequence <= Seen)
        {
            return Progress.Known;
        }

        if (move.OrderSequence > Seen + 1)
        {
            return Progress.Gap;
        }

        Seen = move.OrderSequence;
        return Progress.Next;
    }

    /// <summary>The stops that the client does not have yet, in order; they count as seen.</summary>
    public IReadOnlyList<ParcelMoved> CatchUp(IEnumerable<ParcelMoved> moves)
    {
        IReadOnlyList<ParcelMoved> missing = [.. moves.Where(move => Take(move) == Progress.Next)];
        return missing;
    }
}

/// <summary>What a stop is to a client.</summary>
public enum Progress
{
    Known,
    Next,
    Gap,
}
