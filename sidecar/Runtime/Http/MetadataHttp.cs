using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DaprShop.Sidecar.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DaprShop.Sidecar.Http;

/// <summary>GET /v1.0/metadata and PUT /v1.0/metadata/{key}. As in daprd, empty lists and texts are left out.</summary>
internal static class MetadataHttp
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void MapMetadata(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/v1.0/metadata", (RequestDelegate)GetAsync);
        endpoints.MapPut("/v1.0/metadata/{key}", (RequestDelegate)SetAsync);
    }

    private static async Task SetAsync(HttpContext context)
    {
        var value = Encoding.UTF8.GetString(await context.ReadBodyAsync().ConfigureAwait(false));
        context.Sidecar().Metadata.Set(context.RouteText("key"), value);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task GetAsync(HttpContext context)
    {
        var sidecar = context.Sidecar();
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, Relaxed);
        writer.WriteStartObject();
        writer.WriteString("id", sidecar.AppId);
        writer.WriteString("runtimeVersion", SidecarMetadata.RuntimeVersion);
        WriteArray(writer, "enabledFeatures", sidecar.Metadata.EnabledFeatures, WriteName);
        WriteArray(writer, "components", sidecar.Metadata.Components, Write);
        WriteMap(writer, "extended", sidecar.Metadata.Extended);
        WriteArray(writer, "subscriptions", sidecar.PubSub.Subscriptions, Write);
        Write(writer, sidecar.Options);
        Write(writer, sidecar.Actors.Counts);
        writer.WriteStartObject("scheduler");
        writer.WriteEndObject();
        writer.WriteStartObject("workflows");
        WriteNumber(writer, "connectedWorkers", sidecar.Workflow.ConnectedWorkers);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, int> actors)
    {
        writer.WriteStartObject("actorRuntime");
        writer.WriteString("runtimeStatus", "RUNNING");
        WriteArray(writer, "activeActors", actors, static (writer, type) =>
        {
            writer.WriteStartObject();
            writer.WriteString("type", type.Key);
            WriteNumber(writer, "count", type.Value);
            writer.WriteEndObject();
        });
        if (actors.Count > 0)
        {
            writer.WriteBoolean("hostReady", true);
        }

        writer.WriteString("placement", SidecarMetadata.Placement);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Component component)
    {
        writer.WriteStartObject();
        writer.WriteString("name", component.Name);
        writer.WriteString("type", component.Type);
        writer.WriteString("version", component.Version);
        WriteArray(writer, "capabilities", SidecarMetadata.CapabilitiesOf(component), WriteName);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Subscription subscription)
    {
        writer.WriteStartObject();
        writer.WriteString("pubsubname", subscription.PubSubName);
        writer.WriteString("topic", subscription.Topic);
        WriteMap(writer, "metadata", subscription.Metadata);
        WriteArray(writer, "rules", subscription.Rules, static (writer, rule) =>
        {
            writer.WriteStartObject();
            WriteText(writer, "match", rule.Match);
            writer.WriteString("path", rule.Path);
            writer.WriteEndObject();
        });
        writer.WriteString("deadLetterTopic", subscription.DeadLetterTopic ?? "");
        writer.WriteString("type", SidecarMetadata.TypeOf(subscription));
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, SidecarOptions options)
    {
        writer.WriteStartObject("appConnectionProperties");
        WriteNumber(writer, "port", options.AppPort);
        writer.WriteString("protocol", options.AppProtocol);
        writer.WriteString("channelAddress", options.AppChannelAddress);
        WriteNumber(writer, "maxConcurrency", options.AppMaxConcurrency);
        if (options.AppHealth is { } health)
        {
            writer.WriteStartObject("health");
            writer.WriteString("healthCheckPath", health.Path);
            writer.WriteString("healthProbeInterval", Duration(health.Interval));
            writer.WriteString("healthProbeTimeout", Duration(health.Timeout));
            WriteNumber(writer, "healthThreshold", health.Threshold);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>A duration as Go prints a short one: 5s, 500ms.</summary>
    internal static string Duration(TimeSpan time) => time.TotalSeconds >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds}s")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds}ms");

    private static void WriteName(Utf8JsonWriter writer, string name) => writer.WriteStringValue(name);

    private static void WriteArray<T>(Utf8JsonWriter writer, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        var started = false;
        foreach (var item in items)
        {
            if (!started)
            {
                writer.WriteStartArray(name);
                started = true;
            }

            write(writer, item);
        }

        if (started)
        {
            writer.WriteEndArray();
        }
    }

    private static void WriteMap(Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, string> map)
    {
        if (map.Count == 0)
        {
            return;
        }

        writer.WriteStartObject(name);
        foreach (var (key, value) in map)
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string text)
    {
        if (text.Length > 0)
        {
            writer.WriteString(name, text);
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, int number)
    {
        if (number > 0)
        {
            writer.WriteNumber(name, number);
        }
    }
}
