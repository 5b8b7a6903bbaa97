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

    public string Line(LogLevel level, string scope, string message, object? appId)
    {
        var time = $"{DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ss.fffffffZ}";
        return asJson ? Json(time, LevelOf(level), scope, message, appId) : Text(time, LevelOf(level), scope, message, appId);
    }

    private static string Json(string time, string level, string scope, string message, object? appId)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, s_relaxed))
        {
            writer.WriteStartObject();
            if (appId is not null)
            {
                writer.WriteString("app_id", appId.ToString());
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

    private static string Text(string time, string level, string scope, string message, object? appId)
    {
        var line = new StringBuilder(256);
        line.Append(CultureInfo.InvariantCulture, $"time=\"{time}\" level={level} msg=");
        Quote(line, message);
        if (appId is not null)
        {
            line.Append(CultureInfo.InvariantCulture, $" app_id={appId}");
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
