using Prometheus;

namespace DaprShop.Sidecar.Observability;

/// <summary>Makes metric families under Dapr's names: <c>dapr_</c>, its buckets, and the app id as a label of all of them.</summary>
internal sealed class MetricFamilies
{
    private static readonly double[] LatencyBuckets =
    [
        1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 300, 400, 500, 650, 800, 1000, 2000, 5000,
        10_000, 20_000, 50_000, 100_000,
    ];

    private static readonly double[] SizeBuckets =
        [1024, 2048, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864, 268_435_456, 1_073_741_824, 4_294_967_296];

    private readonly MetricFactory _factory;
    private readonly double[] _latencyBuckets;

    public MetricFamilies(string appId, IReadOnlyList<double> latencyBuckets)
    {
        Registry = Prometheus.Metrics.NewCustomRegistry();
        Registry.SetStaticLabels(new Dictionary<string, string> { ["app_id"] = appId });
        _factory = Prometheus.Metrics.WithCustomRegistry(Registry);
        // An exemplar a call would allocate, and the text format does not show it.
        _factory.ExemplarBehavior = ExemplarBehavior.NoExemplars();
        _latencyBuckets = latencyBuckets.Count > 0 ? [.. latencyBuckets] : LatencyBuckets;
    }

    public CollectorRegistry Registry { get; }

    public Counter Counter(string name, string help, params string[] labels) => _factory.CreateCounter($"dapr_{name}", help, labels);

    public Gauge Gauge(string name, string help, params string[] labels) => _factory.CreateGauge($"dapr_{name}", help, labels);

    public Histogram Latency(string name, string help, params string[] labels) =>
        _factory.CreateHistogram($"dapr_{name}", help, labels, new HistogramConfiguration { Buckets = _latencyBuckets });

    public Histogram Size(string name, string help) =>
        _factory.CreateHistogram($"dapr_{name}", help, new HistogramConfiguration { Buckets = SizeBuckets });

    public CallFamily<T> Calls<T>(string count, string latency, string help, Func<T, string[]> texts, params string[] labels)
        where T : struct => new(Counter(count, help, labels), Latency(latency, $"{help} Latency in milliseconds.", labels), texts);
}
