using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar;

/// <summary>
/// The Dapr API served by this process, for one or several apps:
/// <c>await using var dapr = await EmbeddedDapr.StartAsync(options)</c>.
/// </summary>
public sealed class EmbeddedDapr : IAsyncDisposable
{
    /// <summary>Starts the sidecars; completes when their APIs answer (outbound healthy). The apps may start later.</summary>
    public static Task<EmbeddedDapr> StartAsync(EmbeddedDaprOptions options, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>The sidecars' addresses by app id.</summary>
    public IReadOnlyList<SidecarEndpoint> Sidecars => throw new NotImplementedException();

    /// <summary>Waits until every app with a port was found and its subscriptions are active (healthz is 204).</summary>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>Where one sidecar listens.</summary>
public sealed record SidecarEndpoint(string AppId, int HttpPort, int GrpcPort, int AppPort)
{
    public Uri HttpEndpoint => new($"http://127.0.0.1:{HttpPort}");

    public Uri GrpcEndpoint => new($"http://127.0.0.1:{GrpcPort}");
}

/// <summary>What to start.</summary>
public sealed record EmbeddedDaprOptions
{
    /// <summary>One sidecar each.</summary>
    public required IReadOnlyList<EmbeddedApp> Apps { get; init; }

    /// <summary>The SQLite file; null is in a temporary place, gone with this object.</summary>
    public string? DatabasePath { get; init; }

    /// <summary>Where the runtime logs to; null is nowhere.</summary>
    public ILoggerFactory? Loggers { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>An app and the resources in its scope.</summary>
public sealed record EmbeddedApp(SidecarOptions Options, ResourceSet Resources);
