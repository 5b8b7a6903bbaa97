using System.Diagnostics;
using System.Globalization;
using DaprShop.Sidecar.PubSub;
using DaprShop.Sidecar.Resources;
using OpenTelemetry.Trace;

namespace DaprShop.Sidecar.Observability;

/// <summary>
/// The spans of one sidecar (W3C trace context). Without tracing configuration, or with the sampling rate "0", it makes none: a
/// caller's traceparent passes unchanged. Without an exporter only their ids are made, which go to apps and into events.
/// </summary>
internal sealed class SidecarTracing : IDisposable
{
    private static int s_sidecars;

    private readonly double _rate;
    private readonly ActivitySource? _source;
    private readonly TracerProvider? _provider;

    public SidecarTracing(string appId, ConfigurationSpec configuration, ILoggerFactory loggers)
    {
        var exporters = TraceExporters.Of(configuration.TraceExport, loggers);
        var samplingRate = configuration.SamplingRate ?? (exporters.FromEnvironment ? "1" : null);
        IsOn = samplingRate is not (null or "0");
        _rate = double.TryParse(samplingRate, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate)
            ? Math.Clamp(rate, 0, 1)
            : 0.0001;
        if (IsOn && exporters.Any)
        {
            // Listeners choose a source by its name: each sidecar's is its own, since its spans carry its app's name.
            _source = new ActivitySource($"dapr-diagnostics/{appId}/{Interlocked.Increment(ref s_sidecars)}");
            _provider = exporters.Build(_source.Name, appId);
        }
    }

    public bool IsOn { get; }

    /// <summary>Sampled spans are sent to a collector.</summary>
    public bool Exports => _source is not null;

    /// <summary>How an invocation is called in traces.</summary>
    public static string NameOfCall(string app, string method) => $"CallLocal/{app}/{method.TrimStart('/')}";

    /// <summary>Parent-based, else by the ratio of trace ids.</summary>
    public bool Samples(ActivityContext parent) => parent.TraceId == default
        ? _rate >= 1 || Random.Shared.NextDouble() < _rate
        : parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);

    /// <summary>
    /// Starts a span under <paramref name="parent"/>, or a new trace where that is none; it is <see cref="Activity.Current"/> until
    /// it is disposed. Only while tracing is on.
    /// </summary>
    public Activity Start(string name, ActivityContext parent, ActivityKind kind = ActivityKind.Client)
    {
        var sampled = Samples(parent);
        if (parent == default)
        {
            // Whatever the process was doing when this sidecar was started is nobody's parent.
            Activity.Current = null;
        }

        return sampled && _source?.StartActivity(name, kind, parent) is { } exported ? exported : StartUnseen(name, parent, sampled);
    }

    /// <summary>Starts a span under the one that an event or a request names. Without tracing, or without that one, there is none.</summary>
    public EventSpan StartUnder(TraceContext parent, string name, ActivityKind kind = ActivityKind.Client)
    {
        if (!IsOn || !ActivityContext.TryParse(parent.TraceParent, parent.TraceState, isRemote: true, out var context) || context.TraceId == default)
        {
            return default;
        }

        return Exports && Samples(context)
            ? new EventSpan(Start(name, context, kind))
            : new EventSpan(parent.Child());
    }

    /// <summary>Starts a new trace; none without tracing.</summary>
    public EventSpan StartRoot(string name) => IsOn ? new EventSpan(Start(name, default)) : default;

    /// <summary>Sends what is left, as far as the collector takes it within some seconds.</summary>
    public void Dispose()
    {
        _provider?.Dispose();
        _source?.Dispose();
    }

    private static Activity StartUnseen(string name, ActivityContext parent, bool sampled)
    {
        var activity = new Activity(name);
        activity.SetIdFormat(ActivityIdFormat.W3C);
        if (parent.TraceId != default)
        {
            activity.SetParentId(parent.TraceId, parent.SpanId);
            activity.TraceStateString = parent.TraceState;
        }

        activity.ActivityTraceFlags = sampled ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None;
        return activity.Start();
    }
}

/// <summary>A span that the sidecar starts by itself, or, where nobody collects spans, its ids alone; by default none.</summary>
internal readonly struct EventSpan : IDisposable
{
    private readonly Activity? _activity;
    private readonly TraceContext? _context;

    public EventSpan(Activity activity) => (_activity, _context) = (activity, new TraceContext(activity.Id!, activity.TraceStateString ?? ""));

    public EventSpan(TraceContext context) => _context = context;

    /// <summary>What is sent to the app, or stands in the event.</summary>
    public TraceContext Context => _context ?? TraceContext.None;

    public EventSpan With(string attribute, string value)
    {
        _activity?.SetTag(attribute, value);
        return this;
    }

    public void Fail(string reason) => _activity?.SetStatus(ActivityStatusCode.Error, reason);

    public void Dispose() => _activity?.Dispose();
}
