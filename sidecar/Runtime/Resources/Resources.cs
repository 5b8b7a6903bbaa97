namespace DaprShop.Sidecar.Resources;

/// <summary>All resources in one app's scope, as they stand after loading, scoping and secret look-up.</summary>
public sealed record ResourceSet
{
    public IReadOnlyList<Component> Components { get; init; } = [];

    public IReadOnlyList<Subscription> Subscriptions { get; init; } = [];

    public IReadOnlyList<ResiliencySpec> Resiliency { get; init; } = [];

    public ConfigurationSpec Configuration { get; init; } = new();
}

/// <summary>A Component (dapr.io/v1alpha1): one instance of a building block.</summary>
public sealed record Component
{
    public required string Name { get; init; }

    /// <summary>Such as <c>state.sqlite</c>.</summary>
    public required string Type { get; init; }

    public string Version { get; init; } = "v1";

    public bool IgnoreErrors { get; init; }

    /// <summary>Metadata by name (case-insensitive); values are text, secrets and templates already resolved.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>App ids that may use it; empty is all.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Where it was read from, such as <c>components/pubsub.yaml:3</c>, for messages.</summary>
    public string Source { get; init; } = "";

    /// <summary>The block it belongs to: the part of the type before the first dot (state, pubsub, secretstores, …).</summary>
    public string Category => Type[..Math.Max(0, Type.IndexOf('.', StringComparison.Ordinal))];
}

/// <summary>A Subscription (v1alpha1 and v2alpha1), declarative or announced by the app.</summary>
public sealed record Subscription
{
    public string Name { get; init; } = "";

    public required string PubSubName { get; init; }

    public required string Topic { get; init; }

    /// <summary>Tried in order; the default route is the last rule and has an empty match.</summary>
    public IReadOnlyList<SubscriptionRule> Rules { get; init; } = [];

    public string? DeadLetterTopic { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    public BulkSubscribe? Bulk { get; init; }

    public bool Declarative { get; init; }

    public IReadOnlyList<string> Scopes { get; init; } = [];

    public string Source { get; init; } = "";
}

/// <summary>A CEL expression over <c>event</c> (empty: always) and the app's path that takes the message.</summary>
public sealed record SubscriptionRule(string Match, string Path);

/// <summary>Bulk delivery: at most so many messages, waiting at most so long for them.</summary>
public sealed record BulkSubscribe(int MaxMessagesCount = 100, int MaxAwaitDurationMs = 1000);

/// <summary>A Resiliency object: named policies, and which target uses which.</summary>
public sealed record ResiliencySpec
{
    public string Name { get; init; } = "";

    public IReadOnlyDictionary<string, TimeSpan> Timeouts { get; init; } = new Dictionary<string, TimeSpan>();

    public IReadOnlyDictionary<string, RetrySpec> Retries { get; init; } = new Dictionary<string, RetrySpec>();

    public IReadOnlyDictionary<string, CircuitBreakerSpec> CircuitBreakers { get; init; } = new Dictionary<string, CircuitBreakerSpec>();

    /// <summary>targets.apps by app id.</summary>
    public IReadOnlyDictionary<string, TargetSpec> Apps { get; init; } = new Dictionary<string, TargetSpec>();

    /// <summary>targets.actors by actor type.</summary>
    public IReadOnlyDictionary<string, TargetSpec> Actors { get; init; } = new Dictionary<string, TargetSpec>();

    /// <summary>targets.components by component name, direction inbound.</summary>
    public IReadOnlyDictionary<string, TargetSpec> Inbound { get; init; } = new Dictionary<string, TargetSpec>();

    /// <summary>targets.components by component name, direction outbound.</summary>
    public IReadOnlyDictionary<string, TargetSpec> Outbound { get; init; } = new Dictionary<string, TargetSpec>();
}

/// <summary>policies.retries: constant or exponential.</summary>
public sealed record RetrySpec
{
    public bool Exponential { get; init; }

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan MaxInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Retries after the first try; -1 is for ever.</summary>
    public int MaxRetries { get; init; } = -1;

    /// <summary>matching.httpStatusCodes, such as <c>500-599,429</c>; null matches all.</summary>
    public string? HttpStatusCodes { get; init; }

    /// <summary>matching.gRPCStatusCodes; null matches all.</summary>
    public string? GrpcStatusCodes { get; init; }
}

/// <summary>policies.circuitBreakers.</summary>
public sealed record CircuitBreakerSpec
{
    /// <summary>Calls let through while half-open.</summary>
    public int MaxRequests { get; init; } = 1;

    /// <summary>While closed the counts are cleared this often; zero is never.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.Zero;

    /// <summary>How long it stays open.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>CEL over requests, totalSuccesses, totalFailures, consecutiveSuccesses, consecutiveFailures.</summary>
    public string Trip { get; init; } = "consecutiveFailures > 5";
}

/// <summary>Names of the policies a target uses; null is none.</summary>
public sealed record TargetSpec(string? Timeout, string? Retry, string? CircuitBreaker, string? CircuitBreakerScope = null);

/// <summary>A Configuration object (dapr.io/v1alpha1), the parts that the embedded runtime acts on.</summary>
public sealed record ConfigurationSpec
{
    /// <summary>tracing.samplingRate; null when tracing is not configured.</summary>
    public string? SamplingRate { get; init; }

    public IReadOnlyList<SecretScope> SecretScopes { get; init; } = [];

    public IReadOnlyDictionary<string, bool> Features { get; init; } = new Dictionary<string, bool>();

    /// <summary>accessControl.defaultAction is deny.</summary>
    public bool DenyInvocationByDefault { get; init; }

    public IReadOnlyList<ApiRule> AllowedApis { get; init; } = [];

    public IReadOnlyList<ApiRule> DeniedApis { get; init; } = [];
}

/// <summary>secrets.scopes: denied beats allowed; a non-empty allowed list admits only those.</summary>
public sealed record SecretScope(string StoreName, bool DenyByDefault, IReadOnlyList<string> Allowed, IReadOnlyList<string> Denied);

/// <summary>api.allowed and api.denied: a building block (state, publish, invoke, …), its version, and http or grpc.</summary>
public sealed record ApiRule(string Name, string Version, string Protocol);
