namespace DaprShop.Benchmarks.Load;

/// <summary>What a number of calls took, in milliseconds each, and the CPU time that the measured processes spent on them.</summary>
internal sealed class Measurement
{
    private readonly double[] _sorted;

    public Measurement(double[] milliseconds, TimeSpan elapsed, TimeSpan cpuTime)
    {
        _sorted = milliseconds;
        Array.Sort(_sorted);
        Elapsed = elapsed;
        CpuTime = cpuTime;
    }

    public int Count => _sorted.Length;

    public TimeSpan Elapsed { get; }

    public TimeSpan CpuTime { get; }

    public double PerSecond => Count / Elapsed.TotalSeconds;

    /// <summary>CPU milliseconds a call, which is also CPU seconds per 1,000 calls.</summary>
    public double CpuMilliseconds => CpuTime.TotalMilliseconds / Count;

    /// <summary>The latency that the given share of the calls does not exceed.</summary>
    public double Percentile(double share) => _sorted[(int)Math.Min(Count - 1, share * Count)];
}
