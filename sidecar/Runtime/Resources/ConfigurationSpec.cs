namespace DaprShop.Sidecar.Resources;

/// <summary>A Configuration object (dapr.io/v1alpha1), the parts that the embedded runtime acts on.</summary>
public sealed record ConfigurationSpec
{
    /// <summary>tracing.samplingRate; null when tracing is not configured.</summary>
    public string? SamplingRate { get; init; }

    public TraceExportSpec TraceExport { get; init; } = new();

    public MetricsSpec Metrics { get; init; } = new();

    public ApiLoggingSpec ApiLogging { get; init; } = new();

    public IReadOnlyList<SecretScope> SecretScopes { get; init; } = [];

    public IReadOnlyDictionary<string, bool> Features { get; init; } = new Dictionary<string, bool>();

    /// <summary>accessControl.defaultAction is deny, or missing although there are policies.</summary>
    public bool DenyInvocationByDefault { get; init; }

    /// <summary>accessControl.policies; they count only where <see cref="SidecarOptions.AppliesCallerPolicies"/> is on.</summary>
    public IReadOnlyList<AccessPolicy> AccessPolicies { get; init; } = [];

    public IReadOnlyList<ApiRule> AllowedApis { get; init; } = [];

    public IReadOnlyList<ApiRule> DeniedApis { get; init; } = [];

    /// <summary>workflow.stateRetentionPolicy; by default a finished workflow is kept until somebody purges it.</summary>
    public WorkflowRetention WorkflowRetention { get; init; } = new();

    /// <summary>workflow.maxConcurrentWorkflowInvocations and maxConcurrentActivityInvocations; by default there is no limit.</summary>
    public WorkflowConcurrency WorkflowConcurrency { get; init; } = new();
}

/// <summary>How long workflows are kept after their end, by how they ended; null: as <paramref name="AnyTerminal"/> says, which may be for ever.</summary>
public sealed record WorkflowRetention(
    TimeSpan? AnyTerminal = null, TimeSpan? Completed = null, TimeSpan? Failed = null, TimeSpan? Terminated = null);

/// <summary>Turns and activities of one app that its workers have in hand at a time, all workers together; null: as many as they take.</summary>
public sealed record WorkflowConcurrency(int? Workflows = null, int? Activities = null);

/// <summary>logging.apiLogging: a line in the log for each API call.</summary>
public sealed record ApiLoggingSpec
{
    /// <summary><see cref="SidecarOptions.EnableApiLogging"/> goes first.</summary>
    public bool Enabled { get; init; }

    /// <summary>The route's pattern stands for the path, which may hold keys and names.</summary>
    public bool ObfuscateUrls { get; init; }

    public bool OmitHealthChecks { get; init; }
}

/// <summary>tracing.otel, tracing.zipkin and tracing.stdout: where spans go.</summary>
public sealed record TraceExportSpec
{
    public OtlpSpec? Otlp { get; init; }

    /// <summary>Where Zipkin takes spans as JSON, such as <c>http://localhost:9411/api/v2/spans</c>.</summary>
    public Uri? Zipkin { get; init; }

    /// <summary>A line in the log for each span.</summary>
    public bool Stdout { get; init; }
}

/// <summary>tracing.otel; <paramref name="Endpoint"/> is whole, with scheme and path.</summary>
public sealed record OtlpSpec(Uri Endpoint, bool IsGrpc)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>metrics (or metric): what is counted, and by which labels.</summary>
public sealed record MetricsSpec
{
    /// <summary>False closes the metrics port.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>http.increasedCardinality: HTTP calls by path, without keys and ids.</summary>
    public bool IncreasedCardinality { get; init; }

    /// <summary>http.pathMatching: patterns such as <c>/orders/{id}</c>, which become the label path.</summary>
    public IReadOnlyList<string> PathMatching { get; init; } = [];

    /// <summary>http.excludeVerbs: the label method is empty.</summary>
    public bool ExcludeVerbs { get; init; }

    /// <summary>latencyDistributionBuckets, in milliseconds and rising; empty is Dapr's default.</summary>
    public IReadOnlyList<double> LatencyBuckets { get; init; } = [];

    /// <summary>Counts errors by their codes.</summary>
    public bool RecordErrorCodes { get; init; }
}

/// <summary>What one caller may invoke: the first of the most specific operations that fits, else the default.</summary>
public sealed record AccessPolicy(string AppId, bool DenyByDefault, IReadOnlyList<AccessOperation> Operations);

/// <summary>A path, perhaps ending in <c>/*</c>, the verbs (<c>*</c>: all) and whether calls of it are denied.</summary>
public sealed record AccessOperation(string Name, IReadOnlyList<string> Verbs, bool Deny);

/// <summary>secrets.scopes: denied beats allowed; a non-empty allowed list admits only those.</summary>
public sealed record SecretScope(string StoreName, bool DenyByDefault, IReadOnlyList<string> Allowed, IReadOnlyList<string> Denied);

/// <summary>api.allowed and api.denied: a building block (state, publish, invoke, …), its version, and http or grpc.</summary>
public sealed record ApiRule(string Name, string Version, string Protocol);
