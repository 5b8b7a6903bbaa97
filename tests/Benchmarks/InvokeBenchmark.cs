using DaprShop.Benchmarks.Load;
using DaprShop.Benchmarks.Roles;

namespace DaprShop.Benchmarks;

/// <summary>A call through the caller's and the callee's sidecar, against the same call straight to the app.</summary>
internal static class InvokeBenchmark
{
    public static async Task RunAsync()
    {
        var (app, port) = await AppRole.StartAsync();
        await using var _ = app;
        await using var sidecars = await SidecarRole.StartAsync(new SidecarApp("caller"), new SidecarApp("callee", port));
        var direct = new HttpLoad(port, new HttpRequestBytes("GET", "/kilobyte"));
        var invoked = new HttpLoad(sidecars.Sidecars[0].Http, new HttpRequestBytes("GET", "/v1.0/invoke/callee/method/kilobyte"));
        direct.Run(TimeSpan.FromSeconds(2));
        invoked.Run(TimeSpan.FromSeconds(4));

        var table = new ResultTable("1 KB answers", "calls/s", "p50 ms", "p99 ms", "CPU ms a call (app or sidecars)");
        var (a, b) = (direct.Run(TimeSpan.FromSeconds(4), app), invoked.Run(TimeSpan.FromSeconds(4), sidecars.Process));
        Add(table, "direct, 16 connections", a);
        Add(table, "invoked, 16 connections", b);
        table.Add("invoked / direct", b.PerSecond / a.PerSecond, b.Percentile(0.5) / a.Percentile(0.5), b.Percentile(0.99) / a.Percentile(0.99), "");
        (a, b) = (direct.RunAtRate(500, TimeSpan.FromSeconds(4), app), invoked.RunAtRate(500, TimeSpan.FromSeconds(4), sidecars.Process));
        Add(table, "direct, 500 calls/s", a);
        Add(table, "invoked, 500 calls/s", b);
        table.Add("invoked - direct", "", b.Percentile(0.5) - a.Percentile(0.5), b.Percentile(0.99) - a.Percentile(0.99), "");
        table.Print("invoke");
    }

    private static void Add(ResultTable table, string name, Measurement measured) =>
        table.Add(name, measured.PerSecond, measured.Percentile(0.5), measured.Percentile(0.99), measured.CpuMilliseconds);
}
