using DaprShop.Sidecar.Storage;

namespace DaprShop.Sidecar.Locks;

/// <summary>The table of all lock stores. Times are Unix milliseconds; an expired lock counts as absent.</summary>
internal static class LockTable
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS locks (
            store TEXT NOT NULL,
            key TEXT NOT NULL,
            owner TEXT NOT NULL,
            expires INTEGER NOT NULL,
            PRIMARY KEY (store, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS locks_expires ON locks (expires);
        """;

    /// <summary>False when somebody, the same owner included, holds it.</summary>
    public static bool TryInsert(Session session, string store, string key, string owner, long expires, long now)
    {
        // Whoever takes a lock clears away those that nobody released, so that no other work has to.
        session.Execute("DELETE FROM locks WHERE expires <= $1", now);
        return session.Execute("INSERT OR IGNORE INTO locks (store, key, owner, expires) VALUES ($1, $2, $3, $4)", store, key, owner, expires) == 1;
    }

    /// <summary>Who holds it; null when nobody does.</summary>
    public static string? FindOwner(Session session, string store, string key, long now) => session.Scalar<string>(
        "SELECT owner FROM locks WHERE store = $1 AND key = $2 AND expires > $3", store, key, now);

    public static void Delete(Session session, string store, string key) =>
        session.Execute("DELETE FROM locks WHERE store = $1 AND key = $2", store, key);
}
