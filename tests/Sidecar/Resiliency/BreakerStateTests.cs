using System.Text.Json;
using DaprShop.Sidecar.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Tests.Resiliency;

/// <summary>What operators see of the circuit breakers: GET /embedded/circuit-breakers.</summary>
public sealed class BreakerStateTests
{
    [Fact]
    public async Task Each_breaker_shows_its_target_its_state_and_what_it_counted()
    {
        await using var dapr = await SidecarFixture.StartAsync(
            new TestApp("caller")
            {
                Components = [TestComponents.Component("store", "state.sqlite")],
                Resiliency =
                [
                    new ResiliencySpec
                    {
                        CircuitBreakers = new Dictionary<string, CircuitBreakerSpec> { ["cb"] = new() { Trip = "consecutiveFailures > 1" } },
                        Apps = new Dictionary<string, TargetSpec> { ["callee"] = new(null, null, "cb") },
                        Outbound = new Dictionary<string, TargetSpec> { ["store"] = new(null, null, "cb") },
                    },
                ],
            },
            new TestApp("callee") { Routes = app => app.MapGet("/fail", () => Results.StatusCode(500)) });

        using (await dapr.Http("caller").GetAsync(new Uri("/v1.0/state/store/k", UriKind.Relative)))
        using (await dapr.Http("caller").GetAsync(new Uri("/v1.0/invoke/callee/method/fail", UriKind.Relative)))
        {
        }

        Assert.Equal(
            ["component[store] output Closed 1/1/0", "endpoint[callee, callee:/fail] Closed 1/0/1"],
            (await BreakersAsync(dapr)).Select(Line).Order(StringComparer.Ordinal));
        using (await dapr.Http("caller").GetAsync(new Uri("/v1.0/invoke/callee/method/fail", UriKind.Relative)))
        {
        }

        Assert.Contains("endpoint[callee, callee:/fail] Open 0/0/0", (await BreakersAsync(dapr)).Select(Line));
    }

    private static string Line(JsonElement breaker) =>
        $"{breaker.GetProperty("target").GetString()} {breaker.GetProperty("state").GetString()} "
        + $"{breaker.GetProperty("requests").GetInt64()}/{breaker.GetProperty("totalSuccesses").GetInt64()}/{breaker.GetProperty("totalFailures").GetInt64()}";

    private static async Task<List<JsonElement>> BreakersAsync(SidecarFixture dapr)
    {
        using var shown = JsonDocument.Parse(await dapr.Http("caller").GetStringAsync(new Uri("/embedded/circuit-breakers", UriKind.Relative)));
        return [.. shown.RootElement.Clone().EnumerateArray()];
    }
}
