using System.Collections.Frozen;

namespace DaprShop.Sidecar.Resources;

/// <summary>
/// The component types that the embedded runtime serves, each from its own store and broker: the type decides the API and its
/// semantics, an address in the metadata is not used.
/// </summary>
internal static class ComponentTypes
{
    private static readonly FrozenDictionary<string, string[]> Served = new Dictionary<string, string[]>
    {
        ["state.redis"] = ["redisHost"],
        ["state.sqlite"] = ["connectionString"],
        ["state.in-memory"] = [],
        ["state.postgresql"] = ["connectionString"],
        ["state.mongodb"] = [],
        ["pubsub.redis"] = ["redisHost"],
        ["pubsub.in-memory"] = [],
        ["pubsub.rabbitmq"] = [],
        ["pubsub.kafka"] = ["brokers"],
        ["pubsub.mqtt3"] = ["url"],
        ["lock.redis"] = ["redisHost"],
        ["configuration.redis"] = ["redisHost"],
        ["secretstores.local.file"] = ["secretsFile"],
        ["secretstores.local.env"] = [],
        ["bindings.cron"] = ["schedule"],
        ["bindings.http"] = ["url"],
    }.ToFrozenDictionary();

    /// <summary>The metadata a type cannot do without; false when the type is not served.</summary>
    public static bool TryFind(string type, out IReadOnlyList<string> required)
    {
        var found = Served.TryGetValue(type, out var names);
        required = names ?? [];
        return found;
    }

    /// <summary>HTTP middleware is passed over with a warning: requests simply do not go through it.</summary>
    public static bool IsIgnored(string type) => type.StartsWith("middleware.http.", StringComparison.Ordinal);

    /// <summary>The served types of a category, or all when the category has none: for messages.</summary>
    public static string Like(string type)
    {
        var category = type[..(type.IndexOf('.', StringComparison.Ordinal) + 1)];
        var near = Served.Keys.Where(known => category.Length > 0 && known.StartsWith(category, StringComparison.Ordinal)).ToArray();
        return string.Join(", ", (near.Length > 0 ? near : [.. Served.Keys]).Order(StringComparer.Ordinal));
    }
}
