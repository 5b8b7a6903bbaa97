using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DaprShop.Sidecar.Configuration;

/// <summary>Items as daprd writes them: by key, and what is empty is left out.</summary>
internal static class ConfigurationJson
{
    private static readonly JsonWriterOptions s_relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What an app gets when a value of its subscription changes.</summary>
    public static byte[] Change(string subscription, ConfigurationItem item)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, s_relaxed))
        {
            writer.WriteStartObject();
            writer.WriteString("id", subscription);
            writer.WritePropertyName("items");
            Write(writer, [item]);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] Items(IEnumerable<ConfigurationItem> items)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, s_relaxed))
        {
            Write(writer, items);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, IEnumerable<ConfigurationItem> items)
    {
        writer.WriteStartObject();
        foreach (var item in items)
        {
            writer.WriteStartObject(item.Key);
            WriteText(writer, "value", item.Value);
            WriteText(writer, "version", item.Version);
            writer.WriteEndObject();
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
}
