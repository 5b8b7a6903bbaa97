using System.Text.Json;
using DaprShop.Sidecar.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DaprShop.Sidecar.Http;

/// <summary>POST /v1.0-alpha1/lock/{store} and /v1.0-alpha1/unlock/{store}.</summary>
internal static class LockHttp
{
    private const string BadBody = "failed deserializing HTTP body: ";

    public static void MapLocks(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/v1.0-alpha1/lock/{store}", (RequestDelegate)LockAsync);
        endpoints.MapPost("/v1.0-alpha1/unlock/{store}", (RequestDelegate)UnlockAsync);
    }

    private static async Task LockAsync(HttpContext context)
    {
        using var body = await JsonBody.ReadAsync(context, JsonValueKind.Object, BadBody).ConfigureAwait(false);
        var request = body.RootElement;
        var success = await context.Sidecar().Locks.TryLockAsync(
            context.RouteText("store"), request.Text("resourceId"), request.Text("lockOwner"), Seconds(request), context.RequestAborted)
            .ConfigureAwait(false);
        await WriteAsync(context, success ? """{"success":true}""" : """{"success":false}""").ConfigureAwait(false);
    }

    private static async Task UnlockAsync(HttpContext context)
    {
        using var body = await JsonBody.ReadAsync(context, JsonValueKind.Object, BadBody).ConfigureAwait(false);
        var request = body.RootElement;
        var result = await context.Sidecar().Locks.UnlockAsync(
            context.RouteText("store"), request.Text("resourceId"), request.Text("lockOwner"), context.RequestAborted)
            .ConfigureAwait(false);
        await WriteAsync(context, $$"""{"status":{{(int)result}}}""").ConfigureAwait(false);
    }

    private static int Seconds(JsonElement request)
    {
        if (!request.TryGetProperty("expiryInSeconds", out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return 0;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var seconds)
            ? seconds
            : throw StateErrors.Malformed($"{BadBody}json: cannot unmarshal {value} into field expiryInSeconds, expected an integer");
    }

    private static Task WriteAsync(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json, context.RequestAborted);
    }
}
