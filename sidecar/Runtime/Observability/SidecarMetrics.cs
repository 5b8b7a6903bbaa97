using DaprShop.Sidecar.Resources;
using Prometheus;

namespace DaprShop.Sidecar.Observability;

/// <summary>
/// What one sidecar counts, under Dapr's names, for Prometheus to read at its metrics port. Counting costs some tens of nanoseconds a
/// call, so it is always on; only the port is optional. Numbers that exist anyway (actors, breakers) are read at the scrape.
/// </summary>
internal sealed class SidecarMetrics
{
    private readonly CollectorRegistry _registry;

    public SidecarMetrics(Sidecar sidecar)
    {
        var spec = sidecar.Resources.Configuration.Metrics;
        var families = new MetricFamilies(sidecar.AppId, spec.LatencyBuckets);
        _registry = families.Registry;
        Http = new HttpMetrics(families, spec);
        Grpc = new GrpcMetrics(families);
        Components = new ComponentMetrics(families);
        Invocation = new InvocationMetrics(families);
        Actors = new ActorMetrics(families);
        Workflows = new WorkflowMetrics(families);
        Resiliency = new ResiliencyMetrics(families);
        Errors = spec.RecordErrorCodes ? new ErrorMetrics(families) : null;
        _registry.AddBeforeCollectCallback(() =>
        {
            Actors.Observe(sidecar);
            Resiliency.Observe(sidecar.Policies.BreakerStates);
        });
    }

    public HttpMetrics Http { get; }

    public GrpcMetrics Grpc { get; }

    public ComponentMetrics Components { get; }

    public InvocationMetrics Invocation { get; }

    public ActorMetrics Actors { get; }

    public WorkflowMetrics Workflows { get; }

    public ResiliencyMetrics Resiliency { get; }

    /// <summary>Null unless the Configuration asks for it (metrics.recordErrorCodes).</summary>
    public ErrorMetrics? Errors { get; }

    /// <summary>Writes all series in Prometheus' text format.</summary>
    public Task WriteAsync(Stream to, CancellationToken cancellationToken) => _registry.CollectAndExportAsTextAsync(to, cancellationToken);
}
