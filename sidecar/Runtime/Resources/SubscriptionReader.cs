using DaprShop.Sidecar.Cel;
using DaprShop.Sidecar.Resources.Yaml;

namespace DaprShop.Sidecar.Resources;

/// <summary>Reads Subscription documents of both versions; routes' expressions are compiled so that a wrong one is told with its line.</summary>
internal static class SubscriptionReader
{
    /// <summary>Null when the document cannot be used; what is wrong is then in its findings.</summary>
    public static Subscription? Read(YamlMap root, string name, string apiVersion)
    {
        root.Expect("apiVersion", "kind", "metadata", "spec", "scopes");
        var scopes = root.Texts("scopes");
        var spec = root.Map("spec");
        if (spec is null)
        {
            root.Required("spec", "the subscription's pubsubname, topic and routes");
            return null;
        }

        var first = apiVersion == "dapr.io/v1alpha1";
        spec.Expect("pubsubname", "topic", first ? "route" : "routes", "metadata", "deadLetterTopic", "bulkSubscribe");
        var subscription = new Subscription
        {
            Name = name,
            PubSubName = spec.Required("pubsubname", "the name of a pub/sub component") ?? "",
            Topic = spec.Required("topic", "the name of a topic") ?? "",
            Rules = first ? [.. OnlyRoute(spec)] : [.. Routes(spec)],
            DeadLetterTopic = spec.Text("deadLetterTopic") is { Length: > 0 } dead ? dead : null,
            Metadata = Metadata(spec),
            Bulk = Bulk(spec),
            Declarative = true,
            Scopes = scopes,
            Source = $"{ResourceProblem.Shown(root.Place.File)}:{root.Line}",
        };
        return root.Place.Faulty ? null : subscription;
    }

    private static IEnumerable<SubscriptionRule> OnlyRoute(YamlMap spec) =>
        spec.Required("route", "the app's path, such as /orders") is { } route ? [new SubscriptionRule("", Rooted(route))] : [];

    private static IEnumerable<SubscriptionRule> Routes(YamlMap spec)
    {
        if (spec.Map("routes") is not { } routes)
        {
            spec.Required("routes", "rules, a default, or both");
            yield break;
        }

        routes.Expect("rules", "default");
        foreach (var rule in routes.List("rules"))
        {
            rule.Expect("match", "path");
            var match = rule.Text("match") ?? "";
            var path = rule.Required("path", "the app's path, such as /orders");
            if (Compiles(rule, match) && path is not null)
            {
                yield return new SubscriptionRule(match, Rooted(path));
            }
        }

        if (routes.Text("default") is { Length: > 0 } last)
        {
            yield return new SubscriptionRule("", Rooted(last));
        }
        else if (!routes.Has("rules"))
        {
            spec.Problem("routes", "leads nowhere, expected rules, a default, or both");
        }
    }

    private static bool Compiles(YamlMap rule, string match)
    {
        try
        {
            if (match.Length > 0)
            {
                CelExpression.Compile(match, "event");
            }

            return true;
        }
        catch (FormatException e)
        {
            rule.Problem("match", $"is not a CEL expression: {e.Message}", fatal: true);
            return false;
        }
    }

    private static Dictionary<string, string> Metadata(YamlMap spec)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (spec.Map("metadata") is { } map)
        {
            foreach (var key in map.Keys)
            {
                metadata[key] = map.Value(key) ?? "";
            }
        }

        return metadata;
    }

    private static BulkSubscribe? Bulk(YamlMap spec)
    {
        if (spec.Map("bulkSubscribe") is not { } bulk)
        {
            return null;
        }

        bulk.Expect("enabled", "maxMessagesCount", "maxAwaitDurationMs");
        var defaults = new BulkSubscribe();
        return bulk.Flag("enabled") == true
            ? new BulkSubscribe(
                bulk.Number("maxMessagesCount") is { } count and > 0 ? count : defaults.MaxMessagesCount,
                bulk.Number("maxAwaitDurationMs") is { } wait and > 0 ? wait : defaults.MaxAwaitDurationMs)
            : null;
    }

    private static string Rooted(string path) => path.StartsWith('/') ? path : "/" + path;
}
