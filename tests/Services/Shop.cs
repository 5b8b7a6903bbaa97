using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Sidecar;
using DaprShop.Sidecar.Resources;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DaprShop.Services.Tests;

/// <summary>
/// Some of the shop's services in this process, each with the sidecar and the components it has in the repository; state is in a
/// temporary file. <c>await using var shop = await Shop.StartAsync(AppIds.Inventory); var inventory = shop.Run&lt;Stock&gt;(…)</c>.
/// </summary>
internal sealed class Shop : IAsyncDisposable
{
    // The scopes of the topics do not name it, so that it may publish what any service would.
    private const string Outsider = "outsider";

    private readonly List<IAsyncDisposable> _services = [];
    private readonly HashSet<int> _running = [];
    private bool _sidecarsStopped;

    private Shop(EmbeddedDapr dapr) => Dapr = dapr;

    public EmbeddedDapr Dapr { get; }

    /// <summary>Starts the sidecars; the services are run one by one after that.</summary>
    public static async Task<Shop> StartAsync(params string[] appIds)
    {
        return new Shop(await EmbeddedDapr.StartAsync(new EmbeddedDaprOptions
        {
            Apps = [.. appIds.Select(App), App(Outsider).WithoutApp()],
            Loggers = LoggerFactory.Create(logging => logging.AddConsole().SetMinimumLevel(LogLevel.Warning)),
        }));
    }

    private static EmbeddedApp App(string appId) => new(
        new SidecarOptions { AppId = appId, AppPort = FreePort(), WorkingDirectory = DirectoryOf(appId) }, ResourcesOf(appId));

    /// <summary>The resources in an app's scope.</summary>
    public static ResourceSet ResourcesOf(string appId) =>
        ResourceLoader.Load(appId, [Path.Combine(Repository.Root, "components")], null, DirectoryOf(appId), NullLogger.Instance);

    // Relative paths in components start at the app's directory, as for a daprd of `dapr run -f`.
    private static string DirectoryOf(string appId) => Path.Combine(Repository.Root, "services", appId);

    public SidecarEndpoint Endpoint(string appId) => Dapr.Sidecars.First(sidecar => sidecar.AppId == appId);

    /// <summary>Waits until the app was found, by each of its sidecars, and its subscriptions are active.</summary>
    public async Task WaitForSubscriptionsOfAsync(string appId)
    {
        foreach (var sidecar in Dapr.Sidecars.Where(sidecar => sidecar.AppId == appId))
        {
            using var http = new HttpClient { BaseAddress = sidecar.HttpEndpoint };
            await Eventually.TrueAsync(async () => (await http.GetAsync("/v1.0/healthz")).IsSuccessStatusCode);
        }
    }

    /// <summary>Publishes an event as the service does whose topic it is.</summary>
    public Task PublishAsync(string topic, DomainEvent happened, string? id = null) => PublishAsync(topic, new
    {
        specversion = "1.0",
        id = id ?? Guid.NewGuid().ToString(),
        source = topic,
        type = happened.GetType().Name,
        time = happened.At,
        datacontenttype = "application/json",
        data = (object)happened,
    });

    /// <summary>Publishes a CloudEvent as it is.</summary>
    public async Task PublishAsync(string topic, object cloudEvent)
    {
        using var sidecar = new HttpClient { BaseAddress = Endpoint(Outsider).HttpEndpoint };
        using var content = JsonContent.Create(cloudEvent, new MediaTypeHeaderValue("application/cloudevents+json"), ContractsJson.Options);
        using var answer = await sidecar.PostAsync($"/v1.0/publish/{Topics.PubSub}/{topic}", content);
        Assert.True(answer.StatusCode == HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>
    /// Runs the service that <typeparamref name="TEntry"/> is a type of. Run a second time it is another replica, with a sidecar of its own if
    /// the shop was started with two for it, else on the same one.
    /// </summary>
    public RunningService Run<TEntry>(string appId, params (string Name, string Value)[] settings)
        where TEntry : class
    {
        var endpoint = Dapr.Sidecars.FirstOrDefault(sidecar => sidecar.AppId == appId && !_running.Contains(sidecar.AppPort)) ?? Endpoint(appId);
        var port = _running.Add(endpoint.AppPort) ? endpoint.AppPort : FreePort();
        (string Name, string Value)[] sidecar =
        [
            ("DAPR_HTTP_PORT", $"{endpoint.HttpPort}"),
            ("DAPR_GRPC_PORT", $"{endpoint.GrpcPort}"),
            ("SEED", "false"),
        ];
        return Started(RunningService.Start<TEntry>(port, [.. sidecar, .. settings]));
    }

    /// <summary>Runs a service that has ended (or has not run yet) where its sidecar looks for it.</summary>
    public RunningService Restart<TEntry>(string appId, params (string Name, string Value)[] settings)
        where TEntry : class
    {
        _running.Remove(Endpoint(appId).AppPort);
        return Run<TEntry>(appId, settings);
    }

    /// <summary>Ties something to the life of the shop: it ends before the sidecars do.</summary>
    public T Started<T>(T service)
        where T : IAsyncDisposable
    {
        _services.Add(service);
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in Enumerable.Reverse(_services))
        {
            await service.DisposeAsync();
        }

        await StopSidecarsAsync();
    }

    /// <summary>From here on the services are without their building blocks.</summary>
    public async Task StopSidecarsAsync()
    {
        if (!_sidecarsStopped)
        {
            _sidecarsStopped = true;
            await Dapr.DisposeAsync();
        }
    }

    public static int FreePort() => FreePorts.Next();
}
