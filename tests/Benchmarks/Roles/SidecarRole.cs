using System.Globalization;
using System.Text.Json;
using DaprShop.Sidecar;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Benchmarks.Roles;

/// <summary>The embedded runtime on a database file, with a state store, a broker, and a subscription for each app with a port.</summary>
internal static class SidecarRole
{
    public const string Name = "sidecar";

    public static async Task<SidecarProcess> StartAsync(params SidecarApp[] apps)
    {
        var directory = Directory.CreateTempSubdirectory("benchmark-");
        var settings = new Settings(Path.Combine(directory.FullName, "dapr.db"), apps);
        var process = await RoleProcess.StartAsync(Name, JsonSerializer.Serialize(settings));
        return new SidecarProcess(process, directory, JsonSerializer.Deserialize<SidecarPorts[]>(process.Answer)!);
    }

    public static async Task RunAsync(string json)
    {
        var settings = JsonSerializer.Deserialize<Settings>(json)!;
        await using var dapr = await EmbeddedDapr.StartAsync(new EmbeddedDaprOptions
        {
            DatabasePath = settings.Database,
            Apps = [.. settings.Apps.Select(Embed)],
        });
        await dapr.WaitUntilReadyAsync();
        await RoleProcess.ServeAsync(JsonSerializer.Serialize(dapr.Sidecars.Select(sidecar => new SidecarPorts(sidecar.HttpPort, sidecar.GrpcPort))));
    }

    private static EmbeddedApp Embed(SidecarApp app) => new(
        new SidecarOptions { AppId = app.Id, AppPort = app.Port, ApiToken = null, AppToken = null },
        new ResourceSet
        {
            Components =
            [
                new Component { Name = "statestore", Type = "state.sqlite" },
                new Component { Name = "pubsub", Type = "pubsub.redis" },
            ],
            Subscriptions = app.Port == 0
                ? []
                : [new Subscription { PubSubName = "pubsub", Topic = "events", Rules = [new SubscriptionRule("", "/events")] }],
        });

    private sealed record Settings(string Database, SidecarApp[] Apps);
}

/// <summary>An app of the benchmark; port 0 is none.</summary>
internal sealed record SidecarApp(string Id, int Port = 0);

internal sealed record SidecarPorts(int Http, int Grpc)
{
    public string GrpcEndpoint => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Grpc}");
}

internal sealed class SidecarProcess(RoleProcess process, DirectoryInfo directory, IReadOnlyList<SidecarPorts> sidecars) : IAsyncDisposable
{
    public RoleProcess Process => process;

    public IReadOnlyList<SidecarPorts> Sidecars => sidecars;

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        directory.Delete(recursive: true);
    }
}
