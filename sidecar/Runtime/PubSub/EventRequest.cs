using System.Buffers;
using System.Collections.Frozen;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace DaprShop.Sidecar.PubSub;

/// <summary>Writes the request that brings an event to the app.</summary>
internal static class EventRequest
{
    private static readonly MediaTypeHeaderValue s_cloudEvent = new(CloudEvent.ContentType);

    // Metadata comes from publishers: it must not change how the request is sent or whom it claims to come from.
    private static readonly FrozenSet<string> s_reserved = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "host", "connection", "transfer-encoding", "upgrade", "expect", "te", "trailer", "dapr-api-token", "traceparent", "tracestate");

    public static HttpRequestMessage Create(
        string path, byte[] body, string pubSubName, IReadOnlyDictionary<string, string> metadata, TraceContext trace)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = s_cloudEvent;
        request.Headers.TryAddWithoutValidation("pubsubName", pubSubName);
        foreach (var (name, value) in metadata)
        {
            if (!s_reserved.Contains(name) && IsHeaderText(value))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (trace.TraceParent.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("traceparent", trace.TraceParent);
            if (trace.TraceState.Length > 0)
            {
                request.Headers.TryAddWithoutValidation("tracestate", trace.TraceState);
            }
        }

        return request;
    }

    /// <summary>The trace context that the event carries.</summary>
    public static TraceContext TraceOf(ReadOnlySpan<byte> cloudEvent) =>
        new(Attribute(cloudEvent, "traceparent"u8) ?? "", Attribute(cloudEvent, "tracestate"u8) ?? "");

    /// <summary>An attribute of the event, read without parsing the rest; null when it has none, or is no event.</summary>
    public static string? Attribute(ReadOnlySpan<byte> cloudEvent, ReadOnlySpan<byte> name)
    {
        try
        {
            var reader = new Utf8JsonReader(cloudEvent, new JsonReaderOptions { MaxDepth = CloudEvent.MaxDepth });
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isIt = reader.ValueTextEquals(name);
                reader.Read();
                if (isIt)
                {
                    return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }

                reader.Skip();
            }

            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or a text with half a surrogate pair, which no parser minds and which is no text.
            return null;
        }
    }

    /// <summary>The envelope in which a raw subscriber gets a message: its bytes, whatever they are.</summary>
    public static byte[] WrapRaw(byte[] data, string pubSubName, string topic)
    {
        var buffer = new ArrayBufferWriter<byte>((data.Length * 4 / 3) + 256);
        using (var writer = CloudEvent.CreateWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("id", Guid.NewGuid());
            writer.WriteString("specversion", "1.0");
            writer.WriteString("type", CloudEvent.DefaultType);
            writer.WriteString("source", "Dapr");
            writer.WriteString("datacontenttype", ContentTypes.Binary);
            writer.WriteString("topic", topic);
            writer.WriteString("pubsubname", pubSubName);
            writer.WriteBase64String("data_base64", data);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static bool IsHeaderText(string value) => Ascii.IsValid(value) && !value.Any(char.IsControl);
}
