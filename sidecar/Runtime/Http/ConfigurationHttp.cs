using System.Text;
using System.Text.Json;
using DaprShop.Sidecar.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DaprShop.Sidecar.Http;

/// <summary>
/// GET /v1.0/configuration/{store} with subscribe and unsubscribe, and, outside Dapr's API, which has no way to set a value,
/// PUT /embedded/configuration/{store}/{key}?version=VERSION with the value as the body.
/// </summary>
internal static class ConfigurationHttp
{
    public const string SetRoute = "/embedded/configuration/{store}/{key}";

    public static void MapConfiguration(this IEndpointRouteBuilder endpoints)
    {
        foreach (var version in (string[])["v1.0", "v1.0-alpha1"])
        {
            endpoints.MapGet($"/{version}/configuration/{{store}}", (RequestDelegate)GetAsync);
            endpoints.MapGet($"/{version}/configuration/{{store}}/subscribe", (RequestDelegate)SubscribeAsync);
            endpoints.MapGet($"/{version}/configuration/{{store}}/{{id}}/unsubscribe", (RequestDelegate)UnsubscribeAsync);
        }

        endpoints.MapPut(SetRoute, (RequestDelegate)SetAsync);
    }

    private static async Task GetAsync(HttpContext context)
    {
        var items = await context.Sidecar().Configuration
            .GetAsync(context.RouteText("store"), Keys(context), context.RequestAborted).ConfigureAwait(false);
        if (items.Count == 0)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        await WriteAsync(context, ConfigurationJson.Items(items)).ConfigureAwait(false);
    }

    private static Task SubscribeAsync(HttpContext context)
    {
        var subscription = context.Sidecar().Configuration.SubscribeApp(context.RouteText("store"), Keys(context));
        return WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(new { id = subscription.Id }));
    }

    private static Task UnsubscribeAsync(HttpContext context)
    {
        var id = context.RouteText("id");
        if (context.Sidecar().Configuration.Unsubscribe(context.RouteText("store"), id))
        {
            return WriteAsync(context, """{"ok":true}"""u8.ToArray());
        }

        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        return WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(new { message = ConfigurationErrors.Unsubscribe(id) }));
    }

    private static async Task SetAsync(HttpContext context)
    {
        var value = Encoding.UTF8.GetString(await context.ReadBodyAsync().ConfigureAwait(false));
        var item = new ConfigurationItem(context.RouteText("key"), value, context.Request.Query["version"].ToString());
        await context.Sidecar().Configuration.SetAsync(context.RouteText("store"), item, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static string[] Keys(HttpContext context) => [.. context.Request.Query["key"].OfType<string>().Where(key => key.Length > 0)];

    private static Task WriteAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(json, context.RequestAborted).AsTask();
    }
}
