using System.Diagnostics;

namespace DaprShop.Sidecar.PubSub;

/// <summary>A W3C trace context as it stands in an event; empty texts are none.</summary>
internal readonly record struct TraceContext(string TraceParent, string TraceState)
{
    public static readonly TraceContext None = new("", "");

    /// <summary>A new span in the same trace; none when this is not a valid context.</summary>
    public TraceContext Child() => ActivityContext.TryParse(TraceParent, TraceState, out var parsed) && parsed.TraceId != default
        ? this with { TraceParent = $"00-{parsed.TraceId}-{ActivitySpanId.CreateRandom()}-{(int)parsed.TraceFlags:x2}" }
        : None;
}
