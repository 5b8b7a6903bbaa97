using System.Collections.Concurrent;

namespace DaprShop.Replay;

/// <summary>What became of the steps of a replay, as its requests were answered.</summary>
internal sealed class Journal
{
    /// <summary>Order ids by invoice.</summary>
    public ConcurrentDictionary<string, string> Accepted { get; } = [];

    /// <summary>Answers by invoice, of orders that were not accepted.</summary>
    public ConcurrentDictionary<string, string> NotAccepted { get; } = [];

    /// <summary>Seconds from POST to the end of the saga.</summary>
    public ConcurrentBag<double> Latencies { get; } = [];

    /// <summary>Returns that were accepted, by invoice of the cancellation and the order.</summary>
    public ConcurrentBag<PlannedReturn> Returned { get; } = [];

    /// <summary>Orders that were cancelled while their saga still ran.</summary>
    public ConcurrentBag<PlannedReturn> Cancelled { get; } = [];

    /// <summary>Returns with nothing to give back, because the order ended Cancelled.</summary>
    public ConcurrentBag<PlannedReturn> NothingToReturn { get; } = [];

    /// <summary>Returns that the shop refused, with its answer.</summary>
    public ConcurrentBag<(PlannedReturn Return, string Answer)> RefusedReturns { get; } = [];

    public TimeSpan SetUp { get; set; }

    public TimeSpan Replay { get; set; }

    public double OrdersPerSecond => Accepted.Count / Math.Max(0.001, Replay.TotalSeconds);

    /// <summary>The latency that a part (0 to 1) of the orders did not exceed, in seconds.</summary>
    public double Percentile(double part)
    {
        var sorted = Latencies.Order().ToArray();
        return sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))];
    }
}
