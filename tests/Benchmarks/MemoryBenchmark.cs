using DaprShop.Benchmarks.Load;
using DaprShop.Benchmarks.Roles;

namespace DaprShop.Benchmarks;

/// <summary>Resident memory of the runtime with fifteen sidecars: at rest, and after each has been worked with.</summary>
internal static class MemoryBenchmark
{
    private const int Apps = 15;

    public static async Task RunAsync()
    {
        var (app, port) = await AppRole.StartAsync();
        await using var _ = app;
        await using var sidecars = await SidecarRole.StartAsync([.. Enumerable.Range(1, Apps).Select(n => new SidecarApp($"app{n}", port))]);
        var table = new ResultTable("15 apps", "MiB resident");
        table.Add("at rest", sidecars.Process.ResidentMebibytes);

        var item = $$"""{"key":"{{HttpRequestBytes.NumberMark}}","value":"{{new string('x', 1000)}}"}""";
        HttpRequestBytes[] requests =
        [
            new("POST", "/v1.0/state/statestore", $"[{item}]"),
            new("GET", "/v1.0/state/statestore/0000000001"),
            new("POST", "/v1.0/publish/pubsub/events", item),
            new("GET", "/v1.0/invoke/app1/method/kilobyte"),
        ];
        foreach (var sidecar in sidecars.Sidecars)
        {
            foreach (var request in requests)
            {
                new HttpLoad(sidecar.Http, request).Run(TimeSpan.FromMilliseconds(300));
            }
        }

        table.Add("after 0.3 s of saves, reads, events and calls each", sidecars.Process.ResidentMebibytes);
        table.Print("memory");
    }
}
