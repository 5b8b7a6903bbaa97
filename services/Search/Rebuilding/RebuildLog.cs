using DaprShop.Contracts;
using DaprShop.Search.Index;
using Microsoft.Data.Sqlite;

namespace DaprShop.Search.Rebuilding;

/// <summary>
/// The rebuilds of an index, in the index. At most one is unfinished; a replica owns it, and its heart beats with every page. When that
/// stops, by a kill say, another one takes over, or the same one after its start, and begins anew.
/// </summary>
internal static class RebuildLog
{
    /// <summary>So long without a heartbeat, and a rebuild is nobody's any more.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static RebuildResponse? Last(IndexSession session) => session.Query(
        "SELECT id, products, reviews, started, finished, owner FROM rebuild ORDER BY number DESC LIMIT 1", Map).SingleOrDefault();

    /// <summary>Asks for a rebuild; one that is under way is the one that was asked for.</summary>
    public static void Request(IndexSession session, DateTimeOffset now) => session.Execute(
        """
        INSERT INTO rebuild(id, products, reviews, started, heartbeat)
        SELECT $1, 0, 0, $2, 0 WHERE NOT EXISTS (SELECT 1 FROM rebuild WHERE finished IS NULL)
        """,
        Guid.NewGuid().ToString("N"), now.ToUnixTimeMilliseconds());

    /// <summary>Whether there is a rebuild to be done that nobody is at.</summary>
    public static bool IsWaiting(IndexSession session, DateTimeOffset now) => session.Count(
        "SELECT count(*) FROM rebuild WHERE finished IS NULL AND heartbeat < $1", (now - Patience).ToUnixTimeMilliseconds()) > 0;

    /// <summary>Takes it, if it is still nobody's, and makes empty tables for it; gives their generation.</summary>
    public static long? TryTake(IndexSession session, string owner, DateTimeOffset now)
    {
        if (session.Execute(
            "UPDATE rebuild SET owner = $1, heartbeat = $2, products = 0, reviews = 0 WHERE finished IS NULL AND heartbeat < $3",
            owner, now.ToUnixTimeMilliseconds(), (now - Patience).ToUnixTimeMilliseconds()) == 0)
        {
            return null;
        }

        if (Edition.Read(session).Building is { } abandoned)
        {
            IndexSchema.DropGeneration(session, abandoned);
        }

        session.Execute("UPDATE edition SET last = last + 1, building = last + 1");
        var generation = Edition.Read(session).Building!.Value;
        IndexSchema.CreateGeneration(session, generation);
        return generation;
    }

    /// <summary>A page more is in the new tables.</summary>
    /// <exception cref="RebuildLostException">Somebody else has taken over.</exception>
    public static void Advance(IndexSession session, string owner, DateTimeOffset now, int products = 0, int reviews = 0)
    {
        if (session.Execute(
            "UPDATE rebuild SET heartbeat = $2, products = products + $3, reviews = reviews + $4 WHERE finished IS NULL AND owner = $1",
            owner, now.ToUnixTimeMilliseconds(), products, reviews) == 0)
        {
            throw new RebuildLostException();
        }
    }

    /// <summary>The new tables are the ones that are read from here on.</summary>
    /// <exception cref="RebuildLostException">Somebody else has taken over.</exception>
    public static void Finish(IndexSession session, string owner, DateTimeOffset now)
    {
        Advance(session, owner, now);
        var before = Edition.Read(session).Active;
        session.Execute("UPDATE edition SET active = building, building = NULL, catalog = catalog + 1");
        session.Execute("UPDATE rebuild SET finished = $1 WHERE finished IS NULL", now.ToUnixTimeMilliseconds());
        IndexSchema.DropGeneration(session, before);
    }

    /// <summary>Lets go of a rebuild that failed: whoever looks next begins anew.</summary>
    public static void GiveUp(IndexSession session, string owner) =>
        session.Execute("UPDATE rebuild SET owner = NULL, heartbeat = 0 WHERE finished IS NULL AND owner = $1", owner);

    private static RebuildResponse Map(SqliteDataReader row) => new(
        row.GetString(0),
        !row.IsDBNull(4) ? "finished" : row.IsDBNull(5) ? "waiting" : "running",
        row.GetInt64(1),
        row.GetInt64(2),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)),
        row.IsDBNull(4) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)));
}

/// <summary>Another replica took this one for dead and rebuilds in its place.</summary>
internal sealed class RebuildLostException() : Exception("another replica has taken over");
