using Dapr.Client.Autogen.Grpc.v1;
using DaprShop.Sidecar.Storage;
using Google.Protobuf;
using Microsoft.Data.Sqlite;

namespace DaprShop.Sidecar.Jobs;

/// <summary>The table of all jobs; a definition is the protocol's message. Times are Unix milliseconds; an id is never used twice.</summary>
internal static class JobTable
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS job (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            app TEXT NOT NULL,
            name TEXT NOT NULL,
            definition BLOB NOT NULL,
            tick INTEGER NOT NULL,
            due INTEGER NOT NULL,
            expires INTEGER,
            fired INTEGER NOT NULL DEFAULT 0,
            failures INTEGER NOT NULL DEFAULT 0,
            UNIQUE (app, name)
        ) STRICT;
        CREATE INDEX IF NOT EXISTS job_due ON job (app, due);
        """;

    private const string Columns = "id, app, definition, tick, due, expires, fired, failures";

    public static void Insert(Session session, ScheduledJob job) => session.Execute(
        "INSERT INTO job (app, name, definition, tick, due, expires) VALUES ($1, $2, $3, $4, $5, $6)",
        job.AppId,
        job.Job.Name,
        job.Job.ToByteArray(),
        job.Tick.ToUnixTimeMilliseconds(),
        job.Due.ToUnixTimeMilliseconds(),
        job.Expires?.ToUnixTimeMilliseconds());

    public static ScheduledJob? Find(Session session, long id) => session.QuerySingle($"SELECT {Columns} FROM job WHERE id = $1", Read, id);

    public static ScheduledJob? Find(Session session, string appId, string name) =>
        session.QuerySingle($"SELECT {Columns} FROM job WHERE app = $1 AND name = $2", Read, appId, name);

    public static List<ScheduledJob> All(Session session, string appId) =>
        session.Query($"SELECT {Columns} FROM job WHERE app = $1 ORDER BY name", Read, appId);

    public static void Delete(Session session, string appId, string name) =>
        session.Execute("DELETE FROM job WHERE app = $1 AND name = $2", appId, name);

    public static void DeleteByPrefix(Session session, string appId, string prefix) =>
        session.Execute("DELETE FROM job WHERE app = $1 AND substr(name, 1, length($2)) = $2", appId, prefix);

    /// <summary>Stores what became of a job, null: it is done; nothing when it was deleted or scheduled anew meanwhile.</summary>
    public static void Replace(Session session, long id, ScheduledJob? job)
    {
        if (job is null)
        {
            session.Execute("DELETE FROM job WHERE id = $1", id);
            return;
        }

        session.Execute(
            "UPDATE job SET tick = $2, due = $3, fired = $4, failures = $5 WHERE id = $1",
            id,
            job.Tick.ToUnixTimeMilliseconds(),
            job.Due.ToUnixTimeMilliseconds(),
            job.Fired,
            job.Failures);
    }

    /// <summary>The ids of an app's jobs that are due, the longest due first.</summary>
    public static List<long> Due(Session session, string appId, DateTimeOffset now, int limit) => session.Query(
        "SELECT id FROM job WHERE app = $1 AND due <= $2 ORDER BY due LIMIT $3",
        static row => row.GetInt64(0), appId, now.ToUnixTimeMilliseconds(), limit);

    /// <summary>When an app's next job falls due after <paramref name="now"/>; null when none does.</summary>
    public static DateTimeOffset? NextDue(Session session, string appId, DateTimeOffset now) => session.QuerySingle<DateTimeOffset?>(
        "SELECT due FROM job WHERE app = $1 AND due > $2 ORDER BY due LIMIT 1",
        static row => Moment(row.GetInt64(0)), appId, now.ToUnixTimeMilliseconds());

    private static ScheduledJob Read(SqliteDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        Job.Parser.ParseFrom(row.GetFieldValue<byte[]>(2)),
        Moment(row.GetInt64(3)),
        Moment(row.GetInt64(4)),
        row.IsDBNull(5) ? null : Moment(row.GetInt64(5)),
        row.GetInt64(6),
        row.GetInt32(7));

    private static DateTimeOffset Moment(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
