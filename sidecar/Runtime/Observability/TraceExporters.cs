using System.Diagnostics;
using DaprShop.Sidecar.Resources;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace DaprShop.Sidecar.Observability;

/// <summary>
/// Where a sidecar's spans go: spec.tracing's otel, zipkin and stdout. An otel endpoint that is not configured is taken from OpenTelemetry's
/// own variables, OTEL_EXPORTER_OTLP_*. A collector that is not there costs its spans and nothing else.
/// </summary>
internal sealed class TraceExporters
{
    private static readonly string[] s_variables = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

    private readonly List<Func<string, BaseProcessor<Activity>>> _processors = [];

    private TraceExporters()
    {
    }

    public bool Any => _processors.Count > 0;

    /// <summary>Nobody configured tracing but the environment.</summary>
    public bool FromEnvironment { get; private init; }

    public static TraceExporters Of(TraceExportSpec spec, ILoggerFactory loggers)
    {
        var fromEnvironment = spec.Otlp is null && s_variables.Any(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 });
        var exporters = new TraceExporters { FromEnvironment = fromEnvironment };
        if (spec.Otlp is { } otlp)
        {
            exporters._processors.Add(_ => Batched(new OtlpTraceExporter(OptionsOf(otlp))));
        }
        else if (fromEnvironment)
        {
            exporters._processors.Add(_ => Batched(new OtlpTraceExporter(new OtlpExporterOptions())));
        }

        if (spec.Zipkin is { } zipkin)
        {
            exporters._processors.Add(service => Batched(new ZipkinExporter(zipkin, service)));
        }

        if (spec.Stdout)
        {
            exporters._processors.Add(_ => new SimpleActivityExportProcessor(new LogExporter(loggers.CreateLogger("dapr.runtime.tracing"))));
        }

        return exporters;
    }

    public TracerProvider Build(string source, string appId)
    {
        var service = Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME") is { Length: > 0 } name ? name : appId;
        var builder = OpenTelemetry.Sdk.CreateTracerProviderBuilder()
            .AddSource(source)
            .SetSampler(new AlwaysOnSampler())
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(service, autoGenerateServiceInstanceId: false));
        foreach (var processor in _processors)
        {
            builder.AddProcessor(processor(service));
        }

        return builder.Build();
    }

    private static BatchActivityExportProcessor Batched(BaseExporter<Activity> exporter) => new(exporter, scheduledDelayMilliseconds: 1000);

    private static OtlpExporterOptions OptionsOf(OtlpSpec spec) => new()
    {
        Endpoint = spec.Endpoint,
        Protocol = spec.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
        Headers = string.Join(',', spec.Headers.Select(header => $"{header.Key}={Uri.EscapeDataString(header.Value)}")),
        TimeoutMilliseconds = (int)spec.Timeout.TotalMilliseconds,
    };
}

/// <summary>tracing.stdout: a log line for each span.</summary>
internal sealed partial class LogExporter(ILogger logger) : BaseExporter<Activity>
{
    public override ExportResult Export(in Batch<Activity> batch)
    {
        foreach (var span in batch)
        {
            LogSpan(span.DisplayName, span.Id, span.ParentSpanId, span.Duration.TotalMilliseconds);
        }

        return ExportResult.Success;
    }

    [LoggerMessage(LogLevel.Information, "span {Name} {TraceParent} parent={Parent} ms={Milliseconds}")]
    private partial void LogSpan(string name, string? traceParent, ActivitySpanId parent, double milliseconds);
}
