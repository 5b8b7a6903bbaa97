using System.Net.Http.Json;
using System.Text.Json;
using DaprShop.Benchmarks.Load;

namespace DaprShop.Benchmarks;

/// <summary>Mixed reads through the gateway of a shop that runs on this machine, 200 a second; run it beside a replay.</summary>
internal static class ReadsBenchmark
{
    private const int Gateway = 8080;

    public static async Task RunAsync()
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://localhost:{Gateway}") };
        using var session = await client.PostAsJsonAsync(
            "/api/sessions", new { email = "staff@daprshop.example", password = Environment.GetEnvironmentVariable("REPLAY_PASSWORD") ?? "Staff-Pass-1" });
        session.EnsureSuccessStatusCode();
        var token = (await session.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()!;
        var catalog = (await client.GetFromJsonAsync<JsonElement>("/api/products?limit=50")).GetProperty("items").EnumerateArray()
            .Select(product => product.GetProperty("sku").GetString()!).ToArray();

        string[] fixedPaths =
        [
            "/api/products?limit=20", "/api/search/popular", "/api/search/categories", "/api/search/products?term=mug", "/api/search/products?sort=price",
            "/api/search/products?term=s&sort=popular", "/api/orders",
        ];
        string[] paths =
        [
            .. catalog.Zip(Cycle(fixedPaths)).SelectMany(pair => new[]
            {
                $"/api/products/{pair.First}", $"/api/inventory/{pair.First}", $"/api/search/products/{pair.First}", pair.Second,
            }),
        ];

        var load = new HttpLoad(Gateway, [.. paths.Select(path => new HttpRequestBytes("GET", path, bearer: token))]);
        load.RunAtRate(200, TimeSpan.FromSeconds(5));
        var measured = load.RunAtRate(200, TimeSpan.FromSeconds(30));
        var table = new ResultTable("mixed reads", "reads/s", "p50 ms", "p95 ms", "p99 ms");
        table.Add($"{paths.Length} paths, 16 connections", measured.PerSecond, measured.Percentile(0.5), measured.Percentile(0.95), measured.Percentile(0.99));
        table.Print("reads");
    }

    private static IEnumerable<string> Cycle(string[] paths)
    {
        for (var i = 0; ; i++)
        {
            yield return paths[i % paths.Length];
        }
    }
}
