using System.Globalization;
using DaprShop.Sidecar.Actors;
using DaprShop.Sidecar.Configuration;
using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.Jobs;
using DaprShop.Sidecar.Locks;
using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.State;
using DaprShop.Sidecar.Storage;
using DaprShop.Sidecar.Workflows;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace DaprShop.Sidecar;

/// <summary>
/// The Dapr API served by this process, for one or several apps:
/// <c>await using var dapr = await EmbeddedDapr.StartAsync(options)</c>.
/// </summary>
public sealed class EmbeddedDapr : IAsyncDisposable
{
    private readonly IReadOnlyList<Sidecar> _sidecars;
    private readonly SidecarServer _server;
    private readonly Lazy<Task> _stop;

    private EmbeddedDapr(SharedRuntime shared, IReadOnlyList<Sidecar> sidecars, SidecarServer server)
    {
        Shared = shared;
        _sidecars = sidecars;
        _server = server;
        _stop = new Lazy<Task>(StopAsync);
        Sidecars = [.. sidecars.Select(EndpointOf)];
    }

    /// <summary>The sidecars' addresses, in the order of <see cref="EmbeddedDaprOptions.Apps"/>.</summary>
    public IReadOnlyList<SidecarEndpoint> Sidecars { get; }

    /// <summary>The first sidecar of an app. Throws <see cref="KeyNotFoundException"/> when there is none.</summary>
    public SidecarEndpoint this[string appId] =>
        Sidecars.FirstOrDefault(sidecar => sidecar.AppId == appId) ?? throw new KeyNotFoundException($"there is no app {appId}");

    internal SharedRuntime Shared { get; }

    /// <summary>Starts a sidecar for each app, in memory, on free ports.</summary>
    public static Task<EmbeddedDapr> StartAsync(params IReadOnlyList<EmbeddedApp> apps) => StartAsync(new EmbeddedDaprOptions { Apps = apps });

    /// <summary>
    /// Starts the sidecars; completes when their APIs answer (outbound healthy). The apps may start later. Throws
    /// <see cref="SidecarStartException"/> when a port is taken or a component cannot be used.
    /// </summary>
    public static async Task<EmbeddedDapr> StartAsync(EmbeddedDaprOptions options, CancellationToken cancellationToken = default)
    {
        var loggers = options.Loggers ?? NullLoggerFactory.Instance;
        var storageLog = loggers.CreateLogger("dapr.runtime.storage");
        var database = Open(options.DatabasePath, storageLog);
        var shared = new SharedRuntime(database, options.Time, loggers, options.Workflows)
        {
            Peers = options.PeerDirectory is { } directory ? new Peers(directory) : null,
        };
        IReadOnlyList<Sidecar> sidecars = [.. options.Apps.Select(app => new Sidecar(app.Options, app.Resources, shared))];
        try
        {
            foreach (var sidecar in sidecars)
            {
                sidecar.Metadata.Components = Components.Load(sidecar, loggers.CreateLogger("dapr.runtime.processor"));
                shared.Apps.Add(sidecar);
            }

            shared.Reminders.Start();
            shared.Jobs.Start();
            await shared.Workflows.StartAsync(cancellationToken).ConfigureAwait(false);
            var server = await SidecarServer.StartAsync(sidecars, loggers, cancellationToken).ConfigureAwait(false);
            foreach (var sidecar in sidecars)
            {
                sidecar.Lifetime.Start([.. server.Listeners.Where(listener => listener.Sidecar == sidecar)]);
            }

            shared.Purge.Start();
            var dapr = new EmbeddedDapr(shared, sidecars, server);
            foreach (var sidecar in dapr.Sidecars)
            {
                shared.Peers?.Announce(sidecar.AppId, sidecar.HttpPort, sidecar.GrpcPort);
            }

            return dapr;
        }
        catch
        {
            await shared.Workflows.StopAsync().ConfigureAwait(false);
            foreach (var sidecar in sidecars)
            {
                await sidecar.DisposeAsync().ConfigureAwait(false);
            }

            await shared.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits until every app with a port was found and its subscriptions are active (healthz is 204).</summary>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken = default) =>
        Task.WhenAll(_sidecars.Select(sidecar => sidecar.Health.WhenReady)).WaitAsync(cancellationToken);

    /// <summary>Waits until this one is ready, see above.</summary>
    public Task WaitUntilReadyAsync(SidecarEndpoint endpoint, CancellationToken cancellationToken = default) =>
        _sidecars[Sidecars.ToList().IndexOf(endpoint)].Health.WhenReady.WaitAsync(cancellationToken);

    /// <summary>Adds to the sidecar's metadata what GET /v1.0/metadata shows as <c>extended</c>.</summary>
    public void SetMetadata(SidecarEndpoint endpoint, string key, string value) =>
        _sidecars[Sidecars.ToList().IndexOf(endpoint)].Metadata.Set(key, value);

    /// <summary>Completes when the sidecar has stopped, for example because its app asked for it (POST /v1.0/shutdown).</summary>
    public Task WhenStoppedAsync(SidecarEndpoint endpoint, CancellationToken cancellationToken = default) =>
        _sidecars[Sidecars.ToList().IndexOf(endpoint)].Lifetime.WhenStopped.WaitAsync(cancellationToken);

    /// <summary>
    /// Stops in the reverse order of the start: subscriptions, actors, workflows, API servers, database. Safe to call more than once.
    /// </summary>
    public ValueTask DisposeAsync() => new(_stop.Value);

    private static Database Open(string? path, ILogger logger)
    {
        Database? database = null;
        try
        {
            database = path is null ? Database.OpenEphemeral(logger) : Database.Open(path, logger);
            foreach (var schema in (ReadOnlySpan<string>)[StateTable.Schema, ReminderTable.Schema, JobTable.Schema, LockTable.Schema, ConfigurationTable.Schema])
            {
                database.EnsureSchema(schema);
            }

            return database;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            database?.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw new SidecarStartException($"the database {path ?? "in the temporary directory"} cannot be used: {e.Message}", e);
        }
    }

    private async Task StopAsync()
    {
        Shared.Peers?.Dispose();
        await Task.WhenAll(_sidecars.Select(sidecar => sidecar.Lifetime.StopAsync())).ConfigureAwait(false);
        await Shared.Workflows.StopAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        await Shared.DisposeAsync().ConfigureAwait(false);
        foreach (var sidecar in _sidecars)
        {
            await sidecar.DisposeAsync().ConfigureAwait(false);
        }
    }

    private SidecarEndpoint EndpointOf(Sidecar sidecar) => new(
        sidecar.AppId,
        PortOf(sidecar, HttpProtocols.Http1) ?? 0,
        PortOf(sidecar, HttpProtocols.Http2) ?? 0,
        sidecar.Options.AppPort,
        PortOf(sidecar, HttpProtocols.Http1, isForMetrics: true));

    private int? PortOf(Sidecar sidecar, HttpProtocols protocols, bool isForMetrics = false) => _server.Listeners
        .FirstOrDefault(listener => listener.Sidecar == sidecar && listener.Protocols == protocols && listener.IsForMetrics == isForMetrics)?
        .EndPoint.Port;
}

/// <summary>Where one sidecar listens; <paramref name="MetricsPort"/> is null when it shows no metrics.</summary>
public sealed record SidecarEndpoint(string AppId, int HttpPort, int GrpcPort, int AppPort, int? MetricsPort = null)
{
    public Uri HttpEndpoint => new($"http://127.0.0.1:{HttpPort}");

    public Uri GrpcEndpoint => new($"http://127.0.0.1:{GrpcPort}");

    /// <summary>What the Dapr CLI would give the app as environment variables: APP_ID, APP_PORT, DAPR_HTTP_PORT, DAPR_GRPC_PORT and the endpoints.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["APP_ID"] = AppId,
        ["APP_PORT"] = AppPort.ToString(CultureInfo.InvariantCulture),
        ["DAPR_HTTP_PORT"] = HttpPort.ToString(CultureInfo.InvariantCulture),
        ["DAPR_GRPC_PORT"] = GrpcPort.ToString(CultureInfo.InvariantCulture),
        ["DAPR_HTTP_ENDPOINT"] = HttpEndpoint.ToString(),
        ["DAPR_GRPC_ENDPOINT"] = GrpcEndpoint.ToString(),
    };
}

/// <summary>What to start.</summary>
public sealed record EmbeddedDaprOptions
{
    /// <summary>One sidecar each.</summary>
    public required IReadOnlyList<EmbeddedApp> Apps { get; init; }

    /// <summary>The SQLite file; null is in a temporary place, gone with this object.</summary>
    public string? DatabasePath { get; init; }

    /// <summary>
    /// Directory by which sidecars of several processes of one user find each other's apps, for service invocation; null is none.
    /// It holds secrets: it is created readable by the user alone.
    /// </summary>
    public string? PeerDirectory { get; init; }

    /// <summary>Where the runtime logs to; null is nowhere.</summary>
    public ILoggerFactory? Loggers { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal WorkflowOptions Workflows { get; init; } = new();
}
