using System.Diagnostics;
using System.Globalization;

namespace DaprShop.Sidecar;

/// <summary>
/// Whether a sidecar makes trace ids of its own, from tracing.samplingRate. Without tracing configuration, or with "0", it makes
/// none: a caller's traceparent passes unchanged.
/// </summary>
internal sealed class TracingOptions
{
    private readonly double _rate;

    public TracingOptions(string? samplingRate)
    {
        IsOn = samplingRate is not (null or "0");
        _rate = double.TryParse(samplingRate, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate)
            ? Math.Clamp(rate, 0, 1)
            : 0.0001;
    }

    public bool IsOn { get; }

    /// <summary>Parent-based, else by the ratio of trace ids.</summary>
    public bool Samples(ActivityContext parent) => parent.TraceId == default
        ? _rate >= 1 || Random.Shared.NextDouble() < _rate
        : parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);
}
