using DaprShop.Benchmarks.Load;
using DaprShop.Benchmarks.Roles;

namespace DaprShop.Benchmarks;

/// <summary>Durable saves, and reads.</summary>
internal static class StateBenchmark
{
    public static async Task RunAsync()
    {
        await using var sidecar = await SidecarRole.StartAsync(new SidecarApp("app"));
        var port = sidecar.Sidecars[0].Http;
        var value = new string('x', 1000);
        var set = new HttpRequestBytes("POST", "/v1.0/state/statestore", $$"""[{"key":"{{HttpRequestBytes.NumberMark}}","value":"{{value}}"}]""");
        var get = new HttpRequestBytes("GET", "/v1.0/state/statestore/0000000001");
        var missing = new HttpRequestBytes("GET", "/v1.0/state/statestore/missing");
        new HttpLoad(port, set).Run(TimeSpan.FromSeconds(2));
        new HttpLoad(port, get).Run(TimeSpan.FromSeconds(2));

        var table = new ResultTable("1 KB values, 16 connections", "requests/s", "p50 ms", "p99 ms", "CPU ms a request");
        Add("save, on disk when answered", set);
        Add("get", get);
        Add("get what is not there", missing);
        table.Print("state");

        void Add(string name, HttpRequestBytes request)
        {
            var measured = new HttpLoad(port, request).Run(TimeSpan.FromSeconds(4), sidecar.Process);
            table.Add(name, measured.PerSecond, measured.Percentile(0.5), measured.Percentile(0.99), measured.CpuMilliseconds);
        }
    }
}
