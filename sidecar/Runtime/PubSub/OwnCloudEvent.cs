using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace DaprShop.Sidecar.PubSub;

/// <summary>Completes an event that the publisher wrote itself (Content-Type application/cloudevents+json).</summary>
internal static class OwnCloudEvent
{
    /// <summary>
    /// What is given is kept, but for topic and pubsubname; what is missing gets Dapr's defaults. Throws
    /// <see cref="JsonException"/> when the body is not a JSON object.
    /// </summary>
    public static (byte[] Json, DateTimeOffset? Expires) Complete(
        ReadOnlyMemory<byte> body, string pubSubName, string topic, TraceContext trace, DateTimeOffset now, DateTimeOffset? expiration)
    {
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = CloudEvent.MaxDepth - 2 });
        var given = document.RootElement;
        if (given.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("the CloudEvent is not an object");
        }

        var defaults = new List<(string Name, string Value)>
        {
            ("specversion", "1.0"),
            ("type", CloudEvent.DefaultType),
            ("source", "Dapr"),
            ("time", CloudEvent.FormatTime(now)),
            ("tracestate", trace.TraceState),
        };
        defaults.RemoveAll(attribute => given.TryGetProperty(attribute.Name, out _));
        defaults.AddRange([("pubsubname", pubSubName), ("topic", topic)]);
        if (!given.TryGetProperty("traceid", out _))
        {
            defaults.AddRange([("traceid", trace.TraceParent), ("traceparent", trace.TraceParent)]);
        }

        if (expiration is { } ttl)
        {
            defaults.Add(("expiration", CloudEvent.FormatTime(ttl)));
        }

        var buffer = new ArrayBufferWriter<byte>(body.Length + 512);
        using (var writer = CloudEvent.CreateWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in defaults)
            {
                writer.WriteString(name, value);
            }

            foreach (var property in given.EnumerateObject())
            {
                if (!defaults.Exists(attribute => property.NameEquals(attribute.Name)))
                {
                    property.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        return (buffer.WrittenSpan.ToArray(), expiration ?? ExpirationOf(given));
    }

    /// <summary>The event's own <c>expiration</c>; null when there is none, or none that can be read.</summary>
    public static DateTimeOffset? ExpirationOf(JsonElement cloudEvent) =>
        cloudEvent.TryGetProperty("expiration", out var text)
        && text.ValueKind == JsonValueKind.String
        && DateTimeOffset.TryParse(text.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;
}
