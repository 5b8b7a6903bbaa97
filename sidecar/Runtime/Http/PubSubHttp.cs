using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using DaprShop.Sidecar.PubSub;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DaprShop.Sidecar.Http;

/// <summary>POST or PUT /v1.0/publish/{pubsub}/{topic}, and its bulk forms.</summary>
internal static class PubSubHttp
{
    private static readonly string[] s_methods = [HttpMethods.Post, HttpMethods.Put];

    public static void MapPubSub(this IEndpointRouteBuilder endpoints)
    {
        // A topic may contain slashes but not be empty: then the path is no route.
        endpoints.MapMethods("/v1.0/publish/{pubsub}/{**topic:minlength(1)}", s_methods, (RequestDelegate)PublishAsync);
        endpoints.MapMethods("/v1.0/publish/bulk/{pubsub}/{**topic:minlength(1)}", s_methods, (RequestDelegate)PublishBulkAsync);
        endpoints.MapMethods("/v1.0-alpha1/publish/bulk/{pubsub}/{**topic:minlength(1)}", s_methods, (RequestDelegate)PublishBulkAsync);
    }

    private static async Task PublishAsync(HttpContext context)
    {
        var (pubSub, topic) = (context.RouteText("pubsub"), context.RouteText("topic"));
        var publisher = context.Sidecar().PubSub.Publisher;
        publisher.Find(pubSub, topic);
        await publisher.PublishAsync(
            new PublishRequest
            {
                PubSubName = pubSub,
                Topic = topic,
                Data = await ReadBodyAsync(context, pubSub, topic),
                ContentType = context.Request.ContentType,
                Metadata = context.QueryMetadata(),
                Trace = new TraceContext(context.TraceParent(), context.TraceState()),
            },
            context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task PublishBulkAsync(HttpContext context)
    {
        var (pubSub, topic) = (context.RouteText("pubsub"), context.RouteText("topic"));
        var publisher = context.Sidecar().PubSub.Publisher;
        publisher.Find(pubSub, topic);
        var entries = ReadEntries(context, pubSub, topic, await ReadBodyAsync(context, pubSub, topic));
        var failed = await publisher.PublishAsync(
            pubSub, topic, entries, new TraceContext(context.TraceParent(), context.TraceState()), context.RequestAborted);
        if (failed.Count == 0)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        await context.Response.WriteAsJsonAsync(
            new BulkFailure(failed, "ERR_PUBSUB_PUBLISH_MESSAGE"), PubSubJson.Default.BulkFailure, cancellationToken: context.RequestAborted);
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContext context, string pubSub, string topic)
    {
        try
        {
            return await context.ReadBodyAsync();
        }
        catch (BadHttpRequestException e)
        {
            throw PubSubErrors.PublishFailed(pubSub, topic, context.Sidecar().AppId, e.Message);
        }
    }

    private static List<BulkEntry> ReadEntries(HttpContext context, string pubSub, string topic, byte[] body)
    {
        var appId = context.Sidecar().AppId;
        try
        {
            var query = context.QueryMetadata();
            return [.. (JsonSerializer.Deserialize(body, PubSubJson.Default.ListBulkItem) ?? []).Select(item =>
                new BulkEntry(item.EntryId ?? "", BytesOf(item), item.ContentType, Merge(item.Metadata, query)))];
        }
        catch (JsonException e)
        {
            throw PubSubErrors.Unmarshal(pubSub, topic, appId, e.InJson());
        }
        catch (FormatException e)
        {
            throw PubSubErrors.Marshal(pubSub, topic, appId, e.Message);
        }
    }

    /// <summary>An event's bytes by its content type: JSON as it stands, base64 text for binary, else the text itself.</summary>
    private static byte[] BytesOf(BulkItem item)
    {
        if (ContentTypes.IsJson(item.ContentType) || ContentTypes.IsCloudEvent(item.ContentType))
        {
            return Encoding.UTF8.GetBytes(item.Event.ValueKind == JsonValueKind.Undefined ? "null" : item.Event.GetRawText());
        }

        if (item.Event.ValueKind != JsonValueKind.String)
        {
            throw new FormatException("error: mismatch between contentType and event");
        }

        return ContentTypes.IsBinary(item.ContentType) ? item.Event.GetBytesFromBase64() : Encoding.UTF8.GetBytes(item.Event.GetString()!);
    }

    private static IReadOnlyDictionary<string, string> Merge(Dictionary<string, string>? own, IReadOnlyDictionary<string, string> query)
    {
        if (own is null)
        {
            return query;
        }

        foreach (var (name, value) in query)
        {
            own[name] = value;
        }

        return own;
    }
}

internal sealed record BulkItem(string? EntryId, JsonElement Event, string? ContentType, Dictionary<string, string>? Metadata);

internal sealed record BulkFailure(IReadOnlyList<FailedEntry> FailedEntries, string ErrorCode);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(List<BulkItem>))]
[JsonSerializable(typeof(BulkFailure))]
internal sealed partial class PubSubJson : JsonSerializerContext;
