using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DaprShop.Sidecar.Host.Output;

/// <summary>A line of daprd's log: its text format or, with --log-as-json, an object with the same fields.</summary>
internal sealed class LogFormat(bool asJson)
{
    private static readonly JsonWriterOptions s_relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool AsJson => asJson;

    public string Line(LogLevel level, string scope, string message, params IEnumerable<KeyValuePair<string, object?>> fields)
    {
        var time = $"{DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ss.fffffffZ}";
        return asJson ? Json(time, LevelOf(level), scope, message, fields) : Text(time, LevelOf(level), scope, message, fields);
    }

    private static string Json(string time, string level, string scope, string message, IEnumerable<KeyValuePair<string, object?>> fields)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, s_relaxed))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in fields)
            {
                writer.WritePropertyName(name);
                JsonSerializer.Serialize(writer, value);
            }

            writer.WriteString("instance", Environment.MachineName);
            writer.WriteString("level", level);
            writer.WriteString("msg", message);
            writer.WriteString("scope", scope);
            writer.WriteString("time", time);
            writer.WriteString("type", "log");
            writer.WriteString("ver", "embedded");
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Text(string time, string level, string scope, string message, IEnumerable<KeyValuePair<string, object?>> fields)
    {
        var line = new StringBuilder(256);
        line.Append(CultureInfo.InvariantCulture, $"time=\"{time}\" level={level} msg=");
        Quote(line, message);
        foreach (var (name, value) in fields)
        {
            line.Append(CultureInfo.InvariantCulture, $" {name}=");
            AppendValue(line, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
        }

        line.Append(CultureInfo.InvariantCulture, $" instance={Environment.MachineName} scope={scope} type=log ver=embedded");
        return line.ToString();
    }

    private static string LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    private static void AppendValue(StringBuilder line, string value)
    {
        if (value.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or '/' or '@' or '^' or '+'))
        {
            line.Append(value);
        }
        else
        {
            Quote(line, value);
        }
    }

    private static void Quote(StringBuilder line, string text)
    {
        line.Append('"');
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' or '\\' => line.Append('\\').Append(character),
                '\n' => line.Append("\\n"),
                '\r' => line.Append("\\r"),
                '\t' => line.Append("\\t"),
                _ => line.Append(character),
            };
        }

        line.Append('"');
    }
}
