using System.Text.Json;
using DaprShop.Sidecar.Cel;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.PubSub;

/// <summary>A subscription's compiled rules.</summary>
internal sealed class EventRoutes
{
    private readonly (CelExpression? Match, string Path)[] _rules;

    /// <summary>Throws <see cref="FormatException"/> when an expression does not compile.</summary>
    public EventRoutes(IEnumerable<SubscriptionRule> rules) =>
        _rules = [.. rules.Select(rule => (rule.Match.Length > 0 ? CelExpression.Compile(rule.Match, "event") : null, Rooted(rule.Path)))];

    /// <summary>The path that takes every event, so that none has to be parsed; null when rules must be asked.</summary>
    public string? Only => _rules is [(null, var path), ..] ? path : null;

    /// <summary>
    /// The path of the first rule that matches; null when none does. Throws <see cref="InvalidOperationException"/> when one
    /// before it fails: no later rule is tried then.
    /// </summary>
    public string? Find(JsonElement cloudEvent)
    {
        foreach (var (match, path) in _rules)
        {
            if (match is null || match.Matches(cloudEvent))
            {
                return path;
            }
        }

        return null;
    }

    private static string Rooted(string path) => path.Length == 0 || path.StartsWith('/') ? path : "/" + path;
}
