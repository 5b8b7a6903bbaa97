using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DaprShop.Sidecar.PubSub;

/// <summary>A CloudEvents 1.0 envelope in JSON, with the attributes that Dapr gives it.</summary>
internal sealed record CloudEvent
{
    public const string ContentType = "application/cloudevents+json";

    public const string DefaultType = "com.dapr.event.sent";

    public const string DefaultDataContentType = "text/plain";

    // Large enough for any document that a client's JSON library writes.
    public const int MaxDepth = 512;

    private static readonly JsonWriterOptions s_writerOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxDepth };

    public required string Id { get; init; }

    public required string Source { get; init; }

    public required string PubSubName { get; init; }

    public required string Topic { get; init; }

    public string Type { get; init; } = DefaultType;

    public string? Subject { get; init; }

    public required DateTimeOffset Time { get; init; }

    public DateTimeOffset? Expiration { get; init; }

    public TraceContext Trace { get; init; } = TraceContext.None;


    public string DataContentType { get; init; } = DefaultDataContentType;

    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Further attributes, all texts.</summary>
    public IEnumerable<KeyValuePair<string, string>> Extensions { get; init; } = [];

    /// <summary>Writes the event; <paramref name="dataIsJson"/> null judges the data by its content type.</summary>
    public byte[] ToJson(bool? dataIsJson = null)
    {
        var buffer = new ArrayBufferWriter<byte>(Data.Length + 512);
        using (var writer = new Utf8JsonWriter(buffer, s_writerOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("specversion", "1.0");
            writer.WriteString("id", Id);
            writer.WriteString("source", Source);
            writer.WriteString("type", Type);
            if (Subject is not null)
            {
                writer.WriteString("subject", Subject);
            }

            writer.WriteString("time", FormatTime(Time));
            writer.WriteString("pubsubname", PubSubName);
            writer.WriteString("topic", Topic);
            writer.WriteString("traceid", Trace.TraceParent);
            writer.WriteString("traceparent", Trace.TraceParent);
            writer.WriteString("tracestate", Trace.TraceState);
            if (Expiration is { } expiration)
            {
                writer.WriteString("expiration", FormatTime(expiration));
            }

            foreach (var (name, value) in Extensions)
            {
                writer.WriteString(name, value);
            }

            writer.WriteString("datacontenttype", DataContentType);
            WriteData(writer, dataIsJson ?? ContentTypes.IsJson(DataContentType));
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>RFC 3339 in whole seconds, as Go's time.RFC3339.</summary>
    public static string FormatTime(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    public static Utf8JsonWriter CreateWriter(IBufferWriter<byte> buffer) => new(buffer, s_writerOptions);

    private void WriteData(Utf8JsonWriter writer, bool isJson)
    {
        if (ContentTypes.IsBinary(DataContentType))
        {
            writer.WriteBase64String("data_base64", Data.Span);
            return;
        }

        writer.WritePropertyName("data");
        if (isJson && IsValidJson(Data))
        {
            // As it came: numbers keep their digits.
            writer.WriteRawValue(Data.Span, skipInputValidation: true);
        }
        else
        {
            writer.WriteStringValue(Encoding.UTF8.GetString(Data.Span));
        }
    }

    private static bool IsValidJson(ReadOnlyMemory<byte> data)
    {
        try
        {
            var reader = new Utf8JsonReader(data.Span, new JsonReaderOptions { MaxDepth = MaxDepth - 2 });
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
