using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DaprShop.Sidecar.State;

/// <summary>
/// A JSON value as daprd's HTTP API stores it: written anew, numbers as float64. What that loses (12345678901234567890 becomes
/// 12345678901234567000) is lost here too: what works here must work there. gRPC keeps the bytes.
/// </summary>
internal static class JsonValue
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Rewrite(ReadOnlySpan<byte> json)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(16, json.Length));
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                Copy(ref reader, writer);
            }
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Copy(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                writer.WritePropertyName(reader.GetString()!);
                break;
            case JsonTokenType.String:
                writer.WriteStringValue(reader.GetString());
                break;
            case JsonTokenType.Number:
                WriteNumber(ref reader, writer);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                writer.WriteBooleanValue(reader.GetBoolean());
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    private static void WriteNumber(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        // Up to here a float64 holds every integer.
        if (reader.TryGetInt64(out var integer) && Math.Abs(integer) <= 1L << 53)
        {
            writer.WriteNumberValue(integer);
            return;
        }

        writer.WriteRawValue(Format(reader.GetDouble()), skipInputValidation: true);
    }

    /// <summary>The shortest digits that read back the same, without an exponent from 1e-6 up to 1e21, as Go prints JSON.</summary>
    internal static string Format(double value)
    {
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        var magnitude = Math.Abs(value);
        if (magnitude is not 0 and (< 1e-6 or >= 1e21) || !shortest.Contains('E', StringComparison.Ordinal))
        {
            // .NET writes 1E-07, Go 1e-7.
            return shortest.Replace("E-0", "e-", StringComparison.Ordinal).Replace('E', 'e');
        }

        // .NET switches to an exponent at 1e15 and 1e-5; Go does later.
        var parts = shortest.Split('E');
        var exponent = int.Parse(parts[1], CultureInfo.InvariantCulture);
        var sign = parts[0].StartsWith('-') ? "-" : "";
        var mantissa = parts[0].TrimStart('-');
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var before = (point < 0 ? mantissa.Length : point) + exponent;
        return before <= 0
            ? $"{sign}0.{new string('0', -before)}{digits}"
            : before >= digits.Length
                ? sign + digits.PadRight(before, '0')
                : $"{sign}{digits[..before]}.{digits[before..]}";
    }
}
