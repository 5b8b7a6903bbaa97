using DaprShop.Sidecar.Storage;

namespace DaprShop.Sidecar.Configuration;

/// <summary>The table of all configuration stores. A component's apps share its values, as they share a Redis.</summary>
internal static class ConfigurationTable
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS configuration (
            store TEXT NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            version TEXT NOT NULL,
            PRIMARY KEY (store, key)
        ) STRICT, WITHOUT ROWID;
        """;

    public static ConfigurationItem? Find(Session session, string store, string key) => session.QuerySingle(
        "SELECT value, version FROM configuration WHERE store = $1 AND key = $2",
        row => new ConfigurationItem(key, row.GetString(0), row.GetString(1)),
        store, key);

    public static IReadOnlyList<ConfigurationItem> FindAll(Session session, string store) => session.Query(
        "SELECT key, value, version FROM configuration WHERE store = $1 ORDER BY key",
        static row => new ConfigurationItem(row.GetString(0), row.GetString(1), row.GetString(2)),
        store);

    public static void Set(Session session, string store, ConfigurationItem item) => session.Execute(
        """
        INSERT INTO configuration (store, key, value, version) VALUES ($1, $2, $3, $4)
        ON CONFLICT (store, key) DO UPDATE SET value = excluded.value, version = excluded.version
        """,
        store, item.Key, item.Value, item.Version);
}
