using System.Net;
using DaprShop.Sidecar.Grpc;
using DaprShop.Sidecar.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DaprShop.Sidecar;

/// <summary>
/// The web server of all sidecars of the process: an HTTP/1.1 and an h2c port for each. The two kinds of port have a pipeline
/// each; a request finds its sidecar through the connection it came in on.
/// </summary>
internal sealed class SidecarServer : IAsyncDisposable
{
    private readonly IHost _host;

    private SidecarServer(IHost host, IReadOnlyList<SidecarListener> listeners)
    {
        _host = host;
        Listeners = listeners;
    }

    public IReadOnlyList<SidecarListener> Listeners { get; }

    public static async Task<SidecarServer> StartAsync(
        IReadOnlyList<Sidecar> sidecars, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var listeners = new List<SidecarListener>();
        IHost? host = null;
        try
        {
            foreach (var sidecar in sidecars)
            {
                OpenListeners(sidecar, listeners);
            }

            host = BuildHost(sidecars, listeners, loggers);
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
            return new SidecarServer(host, listeners);
        }
        catch
        {
            host?.Dispose();
            listeners.ForEach(listener => listener.Dispose());
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        _host.Dispose();
        foreach (var listener in Listeners)
        {
            listener.Dispose();
        }
    }

    /// <summary>The HTTP API: one line a building block.</summary>
    private static void MapHttp(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealth();
        endpoints.MapMetadata();
        endpoints.MapCircuitBreakers();
        endpoints.MapState();
        endpoints.MapSecrets();
        endpoints.MapLocks();
        endpoints.MapConfiguration();
        endpoints.MapBindings();
        endpoints.MapPubSub();
        endpoints.MapActors();
        endpoints.MapJobs();
        endpoints.MapWorkflows();
        endpoints.MapInvoke();
    }

    /// <summary>The gRPC API: one line a service.</summary>
    private static void MapGrpc(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService(DaprService.Definition);
        endpoints.MapGrpcService<TaskHubService>();
        endpoints.MapDaprReflection();
        endpoints.MapGrpcProxy();
    }

    private static void UseHttpApi(IApplicationBuilder app) => app
        .UseMiddleware<RequestTracing>()
        .UseMiddleware<RequestMetrics>(false)
        .UseMiddleware<ApiLog>(false)
        .UseMiddleware<HttpErrors>()
        .UseMiddleware<BodyLimit>()
        .UseMiddleware<CleanPath>()
        .UseMiddleware<PeerGate>()
        .UseMiddleware<HttpApiToken>()
        .UseRouting()
        .UseMiddleware<HttpApiAccess>()
        .UseEndpoints(MapHttp);

    private static void UseGrpcApi(IApplicationBuilder app) => app
        .UseMiddleware<RequestTracing>()
        .UseMiddleware<RequestMetrics>(true)
        .UseMiddleware<ApiLog>(true)
        .UseMiddleware<PeerGate>()
        .UseMiddleware<GrpcApiGate>()
        .UseRouting()
        .UseEndpoints(MapGrpc);

    private static void OpenListeners(Sidecar sidecar, List<SidecarListener> listeners)
    {
        var (httpPort, grpcPort, metricsPort) = (sidecar.Options.HttpPort, sidecar.Options.GrpcPort, sidecar.Options.MetricsPort);
        foreach (var address in ListenAddresses(sidecar.Options))
        {
            var http = SidecarListener.Open(sidecar, address, httpPort, "daprHTTPPort", HttpProtocols.Http1);
            listeners.Add(http);
            var grpc = SidecarListener.Open(sidecar, address, grpcPort, "daprGRPCPort", HttpProtocols.Http2);
            listeners.Add(grpc);
            if (metricsPort is { } port && sidecar.Resources.Configuration.Metrics.Enabled)
            {
                var metrics = SidecarListener.Open(sidecar, address, port, "metricsPort", HttpProtocols.Http1, isForMetrics: true);
                listeners.Add(metrics);
                metricsPort = metrics.EndPoint.Port;
            }

            // Further addresses take the ports that the first one was given.
            (httpPort, grpcPort) = (http.EndPoint.Port, grpc.EndPoint.Port);
        }
    }

    private static IEnumerable<IPAddress> ListenAddresses(SidecarOptions options)
    {
        if (options.ListenAddresses.Count == 0)
        {
            return [IPAddress.Loopback];
        }

        return options.ListenAddresses.Select(text => text switch
        {
            "localhost" => IPAddress.Loopback,
            _ when IPAddress.TryParse(text, out var address) => address,
            _ => throw new SidecarStartException($"app {options.AppId}: apiListenAddresses '{text}' is not an IP address"),
        });
    }

    private static IHost BuildHost(IReadOnlyList<Sidecar> sidecars, List<SidecarListener> listeners, ILoggerFactory loggers)
    {
        var sockets = listeners.ToDictionary(listener => (EndPoint)listener.EndPoint);
        var largestBody = sidecars.Max(sidecar => sidecar.Options.MaxBodySize);
        var largestHeaders = sidecars.Max(sidecar => sidecar.Options.ReadBufferSize);
        return new HostBuilder()
            .ConfigureLogging(logging => logging
                .AddProvider(new ForwardingLoggerProvider(loggers))
                .AddFilter("Microsoft", LogLevel.Warning)
                .AddFilter("Grpc", LogLevel.Warning)
                // Silent, else the server starts an Activity a request of its own: trace ids must come from RequestTracing alone.
                .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None))
            .ConfigureServices(services =>
            {
                services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
                services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(5));
                services.Configure<SocketTransportOptions>(options =>
                    options.CreateBoundListenSocket = endPoint => sockets[endPoint].Socket);
                services.AddRouting();
                services.AddGrpc(options =>
                {
                    options.MaxReceiveMessageSize = largestBody;
                    options.MaxSendMessageSize = largestBody;
                    options.Interceptors.Add<GrpcErrors>();
                    // They belong to apps.
                    options.IgnoreUnknownServices = true;
                }).AddServiceOptions<TaskHubService>(TaskHubService.Configure);
                services.AddDaprReflection();
            })
            .ConfigureWebHost(
                web => web
                    .UseKestrelCore()
                    .ConfigureKestrel(options => ConfigureKestrel(options, listeners, largestHeaders))
                    .Configure(app =>
                    {
                        app.MapWhen(context => context.Request.Protocol == HttpProtocol.Http2, UseGrpcApi);
                        app.MapWhen(
                            context => context.Features.GetRequiredFeature<SidecarListener>().IsForMetrics,
                            metrics => metrics.Run(RequestMetrics.ScrapeAsync));
                        UseHttpApi(app);
                    }),
                options => options.SuppressEnvironmentConfiguration = true)
            .Build();
    }

    private static void ConfigureKestrel(KestrelServerOptions options, List<SidecarListener> listeners, int largestHeaders)
    {
        options.AddServerHeader = false;
        // Bodies are limited per sidecar (BodyLimit) and per message (gRPC).
        options.Limits.MaxRequestBodySize = null;
        // Streams that are passed on may be silent for long; what the sidecar reads itself may not (ReadBodyAsync).
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        options.Limits.MaxRequestHeadersTotalSize = Math.Max(options.Limits.MaxRequestHeadersTotalSize, largestHeaders);
        // Far more than a worker or a client needs, and still an end.
        options.Limits.Http2.MaxStreamsPerConnection = 10_000;
        foreach (var listener in listeners)
        {
            options.Listen(listener.EndPoint, listen =>
            {
                listen.Protocols = listener.Protocols;
                listen.Use(next => connection => listener.RunAsync(connection, next));
            });
        }
    }

    /// <summary>The process belongs to the host or the test: signals are not ours to handle.</summary>
    private sealed class EmbeddedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class ForwardingLoggerProvider(ILoggerFactory loggers) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => loggers.CreateLogger(categoryName);

        public void Dispose()
        {
            // The factory belongs to the caller.
        }
    }
}
