namespace DaprShop.Sidecar.Resources;

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

/// <summary>Names of the policies a target uses; null is none. The cache size is how many breakers are kept; null is Dapr's default.</summary>
public sealed record TargetSpec(
    string? Timeout, string? Retry, string? CircuitBreaker, string? CircuitBreakerScope = null, int? CircuitBreakerCacheSize = null);
