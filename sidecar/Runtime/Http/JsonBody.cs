using System.Text.Json;
using DaprShop.Sidecar.State;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Http;

/// <summary>JSON request bodies, and daprd's 400 for those that are none.</summary>
internal static class JsonBody
{
    /// <summary>Parses the body; <paramref name="prefix"/> stands before the parser's text in the error.</summary>
    public static async Task<JsonDocument> ReadAsync(HttpContext context, JsonValueKind expected, string prefix = "")
    {
        var body = await context.ReadBodyAsync().ConfigureAwait(false);
        if (body.Length == 0)
        {
            throw StateErrors.Malformed(prefix + "EOF");
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body);
        }
        catch (JsonException e)
        {
            throw StateErrors.Malformed($"{prefix}invalid character in JSON: {e.Message}");
        }

        var actual = document.RootElement.ValueKind;
        if (actual != expected)
        {
            document.Dispose();
            throw StateErrors.Malformed($"{prefix}json: cannot unmarshal {actual} where {expected} is expected");
        }

        return document;
    }

    /// <summary>A property's text; "" when it is absent or null. A value that is no text is an error.</summary>
    public static string Text(this JsonElement element, string name) => element.TryGetProperty(name, out var value)
        ? value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Null => "",
            _ => throw StateErrors.Malformed($"json: cannot unmarshal {value.ValueKind} into field {name}, expected a string"),
        }
        : "";

    /// <summary>An object of texts; numbers and booleans are taken as their text.</summary>
    public static Dictionary<string, string> TextMap(this JsonElement element, string name)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in value.EnumerateObject())
            {
                map[property.Name] = property.Value.ToString();
            }
        }

        return map;
    }
}
