using System.Globalization;
using System.Text.Json.Nodes;

namespace DaprShop.Workflow.Tests.Golden;

/// <summary>Compares messages as trees and says where they differ: <c>step 7 newEvents[1].eventId: -1, not 3</c>.</summary>
internal sealed class Comparison(Placeholders placeholders, IReadOnlySet<string> times)
{
    private readonly List<string> _differences = [];

    public IReadOnlyList<string> Differences => _differences;

    public void Add(string difference) => _differences.Add(difference);

    /// <param name="where">The start of every line about these two.</param>
    /// <param name="recorded">What a real sidecar or worker said.</param>
    /// <param name="actual">What ours said.</param>
    /// <param name="additions">Fields that ours may have and the recorded one need not.</param>
    public void Compare(string where, JsonNode? recorded, JsonNode? actual, IReadOnlySet<string> additions)
    {
        switch (recorded, actual)
        {
            case (JsonObject expected, JsonObject found):
                foreach (var name in expected.Select(p => p.Key).Union(found.Select(p => p.Key)).ToArray())
                {
                    Compare(where, name, expected, found, additions);
                }

                break;
            case (JsonArray expected, JsonArray found):
                for (var i = 0; i < Math.Max(expected.Count, found.Count); i++)
                {
                    Compare($"{where}[{i}]", i < expected.Count ? expected[i] : null, i < found.Count ? found[i] : null, additions);
                }

                break;
            case (JsonValue expected, JsonValue found) when where.EndsWith(".fireAt", StringComparison.Ordinal)
                && AreClose(expected.ToString(), found.ToString()):
                break;
            case (JsonValue expected, JsonValue found) when placeholders.Agree(expected.ToString(), found.ToString()):
                break;
            default:
                Add($"{where}: {Short(actual)}, not {Short(recorded)}");
                break;
        }
    }

    private void Compare(string where, string name, JsonObject recorded, JsonObject actual, IReadOnlySet<string> additions)
    {
        var (expected, found) = (recorded[name], actual[name]);

        // Times are measurements: that they are there is all that can be compared.
        var measured = times.Contains(name) && expected is not null && found is not null;
        var added = additions.Contains(name) && expected is null;

        // An empty custom status is none, and nobody reads the router of the event that begins a turn.
        var empty = (name == "customStatus" && expected?.ToString() == "") || (name == "router" && recorded.ContainsKey("workflowStarted"));
        if (!measured && !added && !(empty && found is null))
        {
            Compare($"{where}.{name}", expected, found, additions);
        }
    }

    // Recorded times are cut to milliseconds, and a worker may have a clock of its own.
    private static bool AreClose(string recorded, string actual) =>
        DateTimeOffset.TryParse(recorded, CultureInfo.InvariantCulture, out var expected)
        && DateTimeOffset.TryParse(actual, CultureInfo.InvariantCulture, out var found)
        && (expected - found).Duration() <= TimeSpan.FromMilliseconds(5);

    private static string Short(JsonNode? node) => node?.ToJsonString() switch
    {
        null => "nothing",
        { Length: > 200 } text => text[..200] + "…",
        var text => text,
    };
}
