using System.Collections.Concurrent;
using System.Diagnostics;
using Prometheus;

namespace DaprShop.Sidecar.Observability;

/// <summary>
/// The count and the latencies (milliseconds) of one kind of call, by labels. A series begins with its first call; finding it again
/// takes one look-up and no allocation.
/// </summary>
internal sealed class CallFamily<TLabels>(Counter count, Histogram latency, Func<TLabels, string[]> texts)
    where TLabels : struct
{
    private readonly ConcurrentDictionary<TLabels, Series> _series = new();

    /// <summary>Counts a call that began at <paramref name="started"/> (<see cref="Stopwatch.GetTimestamp"/>) and has just ended.</summary>
    public void Record(TLabels labels, long started) => Record(labels, Stopwatch.GetElapsedTime(started));

    /// <summary>Counts a call that took <paramref name="elapsed"/>.</summary>
    public void Record(TLabels labels, TimeSpan elapsed)
    {
        var series = _series.TryGetValue(labels, out var found)
            ? found
            : _series.GetOrAdd(labels, static (key, self) => self.NewSeries(key), this);
        series.Count.Inc();
        series.Latency.Observe(elapsed.TotalMilliseconds);
    }

    /// <summary>Awaits a call and counts it; <paramref name="labels"/> are made from whether it succeeded.</summary>
    public async Task<T> MeasureAsync<T>(Task<T> call, Func<bool, TLabels> labels)
    {
        var started = Stopwatch.GetTimestamp();
        var success = false;
        try
        {
            var result = await call.ConfigureAwait(false);
            success = true;
            return result;
        }
        finally
        {
            Record(labels(success), started);
        }
    }

    private Series NewSeries(TLabels labels)
    {
        var values = texts(labels);
        return new Series(count.WithLabels(values), latency.WithLabels(values));
    }

    private sealed record Series(Counter.Child Count, Histogram.Child Latency);
}
