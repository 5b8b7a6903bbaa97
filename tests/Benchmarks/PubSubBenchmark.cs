using System.Diagnostics;
using System.Globalization;
using DaprShop.Benchmarks.Load;
using DaprShop.Benchmarks.Roles;

namespace DaprShop.Benchmarks;

/// <summary>Events that are published over some connections and delivered, one by one, to a subscribed app.</summary>
internal static class PubSubBenchmark
{
    public static async Task RunAsync()
    {
        var (app, port) = await AppRole.StartAsync();
        await using var _ = app;
        await using var sidecar = await SidecarRole.StartAsync(new SidecarApp("app", port));
        var body = $$"""{"order":"{{HttpRequestBytes.NumberMark}}","text":"{{new string('x', 980)}}"}""";
        var load = new HttpLoad(sidecar.Sidecars[0].Http, new HttpRequestBytes("POST", "/v1.0/publish/pubsub/events", body));
        var published = load.Run(TimeSpan.FromSeconds(2)).Count;
        Delivered(port, published);

        var cpu = sidecar.Process.CpuTime;
        var start = Stopwatch.GetTimestamp();
        var measured = load.Run(TimeSpan.FromSeconds(4), sidecar.Process);
        Delivered(port, published + measured.Count);
        var delivered = Stopwatch.GetElapsedTime(start);

        var table = new ResultTable("1 KB events, 16 connections", "events/s", "p50 ms", "p99 ms", "CPU ms an event");
        table.Add("published, on disk when answered", measured.PerSecond, measured.Percentile(0.5), measured.Percentile(0.99), "");
        table.Add(
            "published and delivered",
            measured.Count / delivered.TotalSeconds,
            "",
            "",
            (sidecar.Process.CpuTime - cpu).TotalMilliseconds / measured.Count);
        table.Print("pubsub");
    }

    private static void Delivered(int port, int count)
    {
        using var connection = new HttpConnection(port);
        var request = new HttpRequestBytes("GET", "/events").WithNumber(0);
        while (int.Parse(connection.Exchange(request), CultureInfo.InvariantCulture) < count)
        {
            Thread.Sleep(5);
        }
    }
}
