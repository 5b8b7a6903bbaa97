namespace DaprShop.Sidecar;

/// <summary>What one sidecar is told at start; the names are those of daprd's flags and of dapr.yaml.</summary>
public sealed record SidecarOptions
{
    /// <summary>The app's id: not empty and without dots.</summary>
    public required string AppId { get; init; }

    /// <summary>Port the app listens on; 0 when the app has none (then nothing is delivered to it).</summary>
    public int AppPort { get; init; }

    /// <summary>Host the app listens on.</summary>
    public string AppChannelAddress { get; init; } = "127.0.0.1";

    /// <summary>http, https, h2c, grpc or grpcs.</summary>
    public string AppProtocol { get; init; } = "http";

    /// <summary>Port of the sidecar's HTTP API; 0 takes a free one.</summary>
    public int HttpPort { get; init; }

    /// <summary>Port of the sidecar's gRPC API; 0 takes a free one.</summary>
    public int GrpcPort { get; init; }

    /// <summary>Port of the Prometheus metrics; 0 takes a free one, null none.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>Calls in flight to the app at most; -1 is no limit.</summary>
    public int AppMaxConcurrency { get; init; } = -1;

    /// <summary>Largest request body and gRPC message in bytes.</summary>
    public int MaxBodySize { get; init; } = 4 * 1024 * 1024;

    /// <summary>Largest request header block in bytes.</summary>
    public int ReadBufferSize { get; init; } = 4 * 1024;

    /// <summary>Addresses the API listens on; empty is loopback only.</summary>
    public IReadOnlyList<string> ListenAddresses { get; init; } = [];

    /// <summary>Directory that relative paths in components start from (daprd's working directory).</summary>
    public string WorkingDirectory { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>
    /// Whether the Configuration's accessControl.policies decide by the caller's app id. A daprd without mTLS does not know its
    /// caller and applies the default action to all, and so does this by default.
    /// </summary>
    public bool AppliesCallerPolicies { get; init; }

    /// <summary>Whether each API call is a line in the log; null: as the Configuration's logging.apiLogging says.</summary>
    public bool? EnableApiLogging { get; init; }

    /// <summary>Probing of the app's health; null when it is not enabled.</summary>
    public AppHealthOptions? AppHealth { get; init; }

    /// <summary>Token that callers of the sidecar must send as <c>dapr-api-token</c>; null asks for none.</summary>
    public string? ApiToken { get; init; } = Environment.GetEnvironmentVariable("DAPR_API_TOKEN") is { Length: > 0 } token ? token : null;

    /// <summary>Token that the sidecar sends to the app as <c>dapr-api-token</c>; null sends none.</summary>
    public string? AppToken { get; init; } = Environment.GetEnvironmentVariable("APP_API_TOKEN") is { Length: > 0 } token ? token : null;
}

/// <summary>App health probes (enableAppHealthCheck and its companions).</summary>
public sealed record AppHealthOptions
{
    public string Path { get; init; } = "/healthz";

    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Failed probes in a row that make the app unhealthy.</summary>
    public int Threshold { get; init; } = 3;
}
