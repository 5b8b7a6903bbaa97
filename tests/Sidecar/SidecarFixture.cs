using DaprShop.Sidecar;
using DaprShop.Sidecar.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DaprShop.Sidecar.Tests;

/// <summary>
/// Sidecars with components from code and apps in this process, all on free ports:
/// <code>
/// await using var dapr = await SidecarFixture.StartAsync(new TestApp("orders") { Components = [Store("statestore")] });
/// var http = dapr.Http("orders");
/// </code>
/// </summary>
internal sealed class SidecarFixture : IAsyncDisposable
{
    private readonly List<WebApplication> _apps = [];
    private readonly Dictionary<string, HttpClient> _clients = [];

    private SidecarFixture()
    {
    }

    public EmbeddedDapr Dapr { get; private set; } = null!;

    /// <summary>Starts the apps and their sidecars and waits until these are ready.</summary>
    public static Task<SidecarFixture> StartAsync(params TestApp[] apps) => StartAsync(null, TimeProvider.System, apps);

    /// <inheritdoc cref="StartAsync(TestApp[])"/>
    public static Task<SidecarFixture> StartAsync(string? databasePath, TimeProvider time, params TestApp[] apps) =>
        StartAsync(new EmbeddedDaprOptions { Apps = [], DatabasePath = databasePath, Time = time }, apps);

    /// <summary>As a process of its own, which finds others by the directory.</summary>
    public static Task<SidecarFixture> StartWithPeersAsync(string directory, params TestApp[] apps) =>
        StartAsync(new EmbeddedDaprOptions { Apps = [], PeerDirectory = directory }, apps);

    private static async Task<SidecarFixture> StartAsync(EmbeddedDaprOptions options, TestApp[] apps)
    {
        var fixture = new SidecarFixture();
        try
        {
            var embedded = new List<EmbeddedApp>();
            foreach (var app in apps)
            {
                var port = app.Routes is null ? 0 : await fixture.StartAppAsync(app.Services, app.Routes);
                embedded.Add(new EmbeddedApp(
                    app.Configure(new SidecarOptions { AppId = app.AppId, AppPort = port, ApiToken = null, AppToken = null }),
                    new ResourceSet
                    {
                        Components = app.Components,
                        Subscriptions = app.Subscriptions,
                        Resiliency = app.Resiliency,
                        Configuration = app.Configuration,
                    }));
            }

            fixture.Dapr = await EmbeddedDapr.StartAsync(options with
            {
                Apps = embedded,
                Loggers = LoggerFactory.Create(logging => logging.AddConsole().SetMinimumLevel(LogLevel.Warning)),
            });
            await fixture.Dapr.WaitUntilReadyAsync().WaitAsync(TimeSpan.FromSeconds(30));
            return fixture;
        }
        catch
        {
            await fixture.DisposeAsync();
            throw;
        }
    }

    public SidecarEndpoint Endpoint(string appId) => Dapr.Sidecars.First(sidecar => sidecar.AppId == appId);

    /// <summary>A client of the app's sidecar's HTTP API; relative URIs start at the root.</summary>
    public HttpClient Http(string appId)
    {
        if (!_clients.TryGetValue(appId, out var client))
        {
            client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = Endpoint(appId).HttpEndpoint };
            _clients.Add(appId, client);
        }

        return client;
    }

    /// <summary>The unmodified SDK client of the app's sidecar.</summary>
    public Dapr.Client.DaprClient Client(string appId) => new Dapr.Client.DaprClientBuilder()
        .UseHttpEndpoint(Endpoint(appId).HttpEndpoint.ToString())
        .UseGrpcEndpoint(Endpoint(appId).GrpcEndpoint.ToString())
        .Build();

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }

        if (Dapr is not null)
        {
            await Dapr.DisposeAsync();
        }

        foreach (var app in _apps)
        {
            await app.DisposeAsync();
        }
    }

    private async Task<int> StartAppAsync(Action<IServiceCollection> services, Action<WebApplication> routes)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        services(builder.Services);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        _apps.Add(app);
        routes(app);
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new Uri(addresses.Single()).Port;
    }
}

/// <summary>An app of a test: its resources, and the routes of its HTTP server (null: it has none).</summary>
internal sealed record TestApp(string AppId)
{
    public Action<WebApplication>? Routes { get; init; }

    /// <summary>What the app's routes need.</summary>
    public Action<IServiceCollection> Services { get; init; } = static _ => { };

    public IReadOnlyList<Component> Components { get; init; } = [];

    public IReadOnlyList<Subscription> Subscriptions { get; init; } = [];

    public IReadOnlyList<ResiliencySpec> Resiliency { get; init; } = [];

    public ConfigurationSpec Configuration { get; init; } = new();

    /// <summary>Changes the sidecar's options (tokens, limits, probes).</summary>
    public Func<SidecarOptions, SidecarOptions> Configure { get; init; } = options => options;
}

internal static class TestComponents
{
    /// <summary>A component with metadata from name and value pairs.</summary>
    public static Component Component(string name, string type, params (string Name, string Value)[] metadata) => new()
    {
        Name = name,
        Type = type,
        Metadata = metadata.ToDictionary(item => item.Name, item => item.Value, StringComparer.OrdinalIgnoreCase),
    };
}
