using DaprShop.Sidecar.Storage;

namespace DaprShop.Sidecar.State;

/// <summary>The table of all state stores. Times are Unix milliseconds; an expired row counts as absent until it is purged.</summary>
internal static class StateTable
{
    /// <summary>Stores whose name begins so belong to one run of the process (state.in-memory).</summary>
    public const string MemoryPrefix = "memory:";

    public const string Schema = """
        CREATE TABLE IF NOT EXISTS state (
            id INTEGER PRIMARY KEY,
            store TEXT NOT NULL,
            key TEXT NOT NULL,
            value BLOB NOT NULL,
            etag TEXT NOT NULL,
            written_first INTEGER NOT NULL,
            expires INTEGER,
            UNIQUE (store, key)
        ) STRICT;
        CREATE INDEX IF NOT EXISTS state_expires ON state (expires) WHERE expires IS NOT NULL;
        DELETE FROM state WHERE store GLOB 'memory:*';
        """;

    public static StateEntry? Find(Session session, string store, string key, long now) => session.QuerySingle(
        "SELECT value, etag, expires FROM state WHERE store = $1 AND key = $2 AND (expires IS NULL OR expires > $3)",
        static row => new StateEntry(
            row.GetFieldValue<byte[]>(0),
            row.GetString(1),
            row.IsDBNull(2) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2))),
        store, key, now);

    public static StateRow? FindRow(Session session, string store, string key) => session.QuerySingle(
        "SELECT id, etag, written_first, expires FROM state WHERE store = $1 AND key = $2",
        static row => new StateRow(row.GetInt64(0), row.GetString(1), row.GetBoolean(2), row.IsDBNull(3) ? null : row.GetInt64(3)),
        store, key);

    public static void Insert(Session session, string store, string key, byte[] value, string etag, bool writtenFirst, long? expires) =>
        session.Execute(
            "INSERT INTO state (store, key, value, etag, written_first, expires) VALUES ($1, $2, $3, $4, $5, $6)",
            store, key, value, etag, writtenFirst, expires);

    public static void Update(Session session, long id, byte[] value, string etag, bool writtenFirst, long? expires) =>
        session.Execute(
            "UPDATE state SET value = $2, etag = $3, written_first = $4, expires = $5 WHERE id = $1",
            id, value, etag, writtenFirst, expires);

    public static void Delete(Session session, long id) => session.Execute("DELETE FROM state WHERE id = $1", id);

    /// <summary>Deletes expired rows, at most <paramref name="limit"/>; returns how many.</summary>
    public static int DeleteExpired(Session session, long now, int limit) => session.Execute(
        "DELETE FROM state WHERE id IN (SELECT id FROM state WHERE expires <= $1 LIMIT $2)", now, limit);
}
