using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DaprShop.Sidecar.Http;

/// <summary>GET /v1.0/secrets/{store}/{name} and /v1.0/secrets/{store}/bulk.</summary>
internal static class SecretsHttp
{
    public static void MapSecrets(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/v1.0/secrets/{store}/bulk", (RequestDelegate)BulkAsync);
        endpoints.MapGet("/v1.0/secrets/{store}/{name}", (RequestDelegate)GetAsync);
    }

    private static async Task GetAsync(HttpContext context) => await WriteAsync(
        context,
        await context.Sidecar().Secrets
            .GetAsync(context.RouteText("store"), context.RouteText("name"), context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);

    private static async Task BulkAsync(HttpContext context) => await WriteAsync(
        context,
        await context.Sidecar().Secrets
            .GetAllAsync(context.RouteText("store"), context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);

    private static Task WriteAsync<T>(HttpContext context, T value)
    {
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, value, JsonSerializerOptions.Web, context.RequestAborted);
    }
}
