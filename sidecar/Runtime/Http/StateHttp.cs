using System.Runtime.InteropServices;
using System.Text.Json;
using DaprShop.Sidecar.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DaprShop.Sidecar.Http;

/// <summary>/v1.0/state/{store}: get, save, delete, bulk get, transaction.</summary>
internal static class StateHttp
{
    private const string BadBody = "failed deserializing HTTP body: ";
    private static readonly string[] PostOrPut = ["POST", "PUT"];

    public static void MapState(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/v1.0/state/{store}/{key}", (RequestDelegate)GetAsync);
        endpoints.MapMethods("/v1.0/state/{store}", PostOrPut, (RequestDelegate)SaveAsync);
        endpoints.MapDelete("/v1.0/state/{store}/{key}", (RequestDelegate)DeleteAsync);
        endpoints.MapMethods("/v1.0/state/{store}/bulk", PostOrPut, (RequestDelegate)BulkGetAsync);
        endpoints.MapMethods("/v1.0/state/{store}/transaction", PostOrPut, (RequestDelegate)TransactAsync);
    }

    private static async Task GetAsync(HttpContext context)
    {
        var response = context.Response;
        if (await Store(context).GetAsync(context.RouteText("key"), context.RequestAborted).ConfigureAwait(false) is not { } entry)
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        response.ContentType = "application/json";
        response.ContentLength = entry.Value.Length;
        response.Headers.ETag = entry.ETag;
        if (entry.TtlExpireTime is { } expires)
        {
            response.Headers["metadata.ttlExpireTime"] = expires;
        }

        await response.Body.WriteAsync(entry.Value, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task SaveAsync(HttpContext context)
    {
        var store = Store(context);
        using var body = await JsonBody.ReadAsync(context, JsonValueKind.Array).ConfigureAwait(false);
        var metadata = context.QueryMetadata();
        StateUpsert[] items = [.. body.RootElement.EnumerateArray().Select(item =>
            UpsertOf(item, metadata, word => StateErrors.Save(store.Name, word)))];
        await store.SaveAsync(items, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task DeleteAsync(HttpContext context)
    {
        var store = Store(context);
        var (key, query) = (context.RouteText("key"), context.Request.Query);
        var item = new StateDelete(key)
        {
            ETag = context.Request.Headers.IfMatch,
            Concurrency = ConcurrencyOf(
                query["concurrency"].ToString(), query["consistency"].ToString(), word => StateErrors.Delete(key, word)),
            Metadata = context.QueryMetadata(),
        };
        await store.DeleteAsync([item], context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task BulkGetAsync(HttpContext context)
    {
        var store = Store(context);
        using var body = await JsonBody.ReadAsync(context, JsonValueKind.Object, BadBody).ConfigureAwait(false);
        string[] keys = body.RootElement.TryGetProperty("keys", out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(key => key.ToString())]
            : [];
        var entries = await store.GetAsync(keys, context.RequestAborted).ConfigureAwait(false);
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartArray();
        for (var i = 0; i < keys.Length; i++)
        {
            Write(writer, keys[i], entries[i]);
        }

        writer.WriteEndArray();
    }

    private static async Task TransactAsync(HttpContext context)
    {
        var store = Store(context);
        using var body = await JsonBody.ReadAsync(context, JsonValueKind.Object, BadBody).ConfigureAwait(false);
        var metadata = context.QueryMetadata();
        StateOperation[] operations = body.RootElement.TryGetProperty("operations", out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(operation => OperationOf(operation, metadata))]
            : [];
        await store.TransactAsync(operations, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static StateStore Store(HttpContext context) => context.Sidecar().State.Get(context.RouteText("store"));

    private static StateOperation OperationOf(JsonElement operation, IReadOnlyDictionary<string, string> metadata)
    {
        var name = operation.Text("operation");
        if (name is not ("upsert" or "delete"))
        {
            throw StateErrors.UnknownOperation(name);
        }

        if (!operation.TryGetProperty("request", out var request) || request.ValueKind != JsonValueKind.Object)
        {
            throw StateErrors.Malformed(BadBody + "an operation has no request");
        }

        var upsert = UpsertOf(request, metadata, StateErrors.Transaction);
        return name == "upsert"
            ? upsert
            : new StateDelete(upsert.Key) { ETag = upsert.ETag, Concurrency = upsert.Concurrency, Metadata = upsert.Metadata };
    }

    private static StateUpsert UpsertOf(
        JsonElement item, IReadOnlyDictionary<string, string> queryMetadata, Func<string, DaprApiException> unknownWord)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            throw StateErrors.Malformed($"json: cannot unmarshal {item.ValueKind} where Object is expected");
        }

        var metadata = item.TextMap("metadata");
        foreach (var (name, value) in queryMetadata)
        {
            metadata[name] = value;
        }

        var options = item.TryGetProperty("options", out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
        return new StateUpsert(item.Text("key"), ValueOf(item))
        {
            ETag = item.Text("etag"),
            Concurrency = options.ValueKind == JsonValueKind.Object
                ? ConcurrencyOf(options.Text("concurrency"), options.Text("consistency"), unknownWord)
                : Concurrency.Unspecified,
            Metadata = metadata,
        };
    }

    private static byte[] ValueOf(JsonElement item) => item.TryGetProperty("value", out var value)
        ? JsonValue.Rewrite(JsonMarshal.GetRawUtf8Value(value))
        : "null"u8.ToArray();

    private static Concurrency ConcurrencyOf(string concurrency, string consistency, Func<string, DaprApiException> unknownWord)
    {
        if (consistency is not ("" or "eventual" or "strong"))
        {
            throw unknownWord($"unrecognized consistency model '{consistency}'");
        }

        return concurrency switch
        {
            "" => Concurrency.Unspecified,
            "first-write" => Concurrency.FirstWrite,
            "last-write" => Concurrency.LastWrite,
            _ => throw unknownWord($"unrecognized concurrency model '{concurrency}'"),
        };
    }

    private static void Write(Utf8JsonWriter writer, string key, StateEntry? entry)
    {
        writer.WriteStartObject();
        writer.WriteString("key", key);
        if (entry is not null)
        {
            writer.WritePropertyName("data");
            writer.WriteRawValue(entry.Value);
            writer.WriteString("etag", entry.ETag);
            if (entry.TtlExpireTime is { } expires)
            {
                writer.WriteStartObject("metadata");
                writer.WriteString("ttlExpireTime", expires);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndObject();
    }
}
