using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DaprShop.Sidecar.Http;

/// <summary>
/// GET /embedded/circuit-breakers, which daprd does not have: for operators, the state of each breaker of this sidecar and what
/// it counted since its last change of state.
/// </summary>
internal static class CircuitBreakersHttp
{
    public static void MapCircuitBreakers(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/embedded/circuit-breakers", (RequestDelegate)GetAsync);

    private static async Task GetAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartArray();
        foreach (var breaker in context.Sidecar().Policies.Breakers)
        {
            writer.WriteStartObject();
            writer.WriteString("target", breaker.Target);
            writer.WriteString("state", breaker.State.ToString());
            writer.WriteNumber("requests", breaker.Counts.Requests);
            writer.WriteNumber("totalSuccesses", breaker.Counts.TotalSuccesses);
            writer.WriteNumber("totalFailures", breaker.Counts.TotalFailures);
            writer.WriteNumber("consecutiveSuccesses", breaker.Counts.ConsecutiveSuccesses);
            writer.WriteNumber("consecutiveFailures", breaker.Counts.ConsecutiveFailures);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
