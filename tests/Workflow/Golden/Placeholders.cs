using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Protobuf;

namespace DaprShop.Workflow.Tests.Golden;

/// <summary>
/// What stands in a transcript for a value that differs from run to run. Some are chosen here (ids, times); others are learned when
/// the other side first says them, and must be the same from then on.
/// </summary>
internal sealed partial class Placeholders(DateTimeOffset begin)
{
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal)
    {
        ["<instance>"] = "golden", ["<app-id>"] = "orders", ["<stack trace>"] = "at a()",
    };

    /// <summary>The text with all values that are known by now.</summary>
    public string Fill(string text) => Placeholder().Replace(text, match => ValueOf(match.Value));

    /// <summary>A recorded message of that type.</summary>
    public T Parse<T>(string json) where T : IMessage, new() => JsonParser.Default.Parse<T>(Fill(json));

    /// <summary>Whether the actual value can be what the recorded one stands for; a free placeholder takes it.</summary>
    public bool Agree(string recorded, string actual)
    {
        if (recorded == actual)
        {
            return true;
        }

        var match = Placeholder().Match(recorded);
        if (match.Success && match.Length == recorded.Length && !_known.ContainsValue(actual))
        {
            return _known.TryAdd(recorded, actual);
        }

        return false;
    }

    /// <summary>Protobuf JSON as a tree.</summary>
    public static JsonNode Tree(IMessage message) => JsonNode.Parse(JsonFormatter.Default.Format(message))!;

    private string ValueOf(string placeholder)
    {
        if (_known.TryGetValue(placeholder, out var value))
        {
            return value;
        }

        if (Time().Match(placeholder) is { Success: true } time)
        {
            var at = begin.AddTicks((long)(decimal.Parse(time.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * TimeSpan.TicksPerSecond));
            return at.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        }

        return Repeated().Match(placeholder) is { Success: true } repeated
            ? new string('x', int.Parse(repeated.Groups[1].ValueSpan, CultureInfo.InvariantCulture))
            : placeholder;
    }

    [GeneratedRegex("<[a-zA-Z][a-zA-Z0-9 +*.#-]*>")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^<time([+-][0-9.]+)s")]
    private static partial Regex Time();

    [GeneratedRegex(@"^<x\*([0-9]+)>$")]
    private static partial Regex Repeated();
}
