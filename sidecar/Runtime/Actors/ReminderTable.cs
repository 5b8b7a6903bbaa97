using DaprShop.Sidecar.Scheduling;
using DaprShop.Sidecar.Storage;
using Microsoft.Data.Sqlite;

namespace DaprShop.Sidecar.Actors;

/// <summary>The table of all reminders. Times are Unix milliseconds; an id is never used twice.</summary>
internal static class ReminderTable
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS reminder (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            type TEXT NOT NULL,
            actor TEXT NOT NULL,
            name TEXT NOT NULL,
            due_time TEXT NOT NULL,
            period TEXT NOT NULL,
            data BLOB NOT NULL,
            tick INTEGER NOT NULL,
            due INTEGER NOT NULL,
            expires INTEGER,
            fired INTEGER NOT NULL DEFAULT 0,
            failures INTEGER NOT NULL DEFAULT 0,
            retry_interval INTEGER NOT NULL,
            max_retries INTEGER NOT NULL,
            UNIQUE (type, actor, name)
        ) STRICT;
        CREATE INDEX IF NOT EXISTS reminder_due ON reminder (type, due);
        """;

    private const string Columns =
        "id, type, actor, name, due_time, period, data, tick, due, expires, fired, failures, retry_interval, max_retries";

    public static void Insert(Session session, Reminder reminder) => session.Execute(
        "INSERT INTO reminder (type, actor, name, due_time, period, data, tick, due, expires, retry_interval, max_retries) "
        + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        reminder.Actor.Type,
        reminder.Actor.Id,
        reminder.Request.Name,
        reminder.Request.DueTime,
        reminder.Request.Period,
        reminder.Request.Data.ToArray(),
        reminder.Tick.ToUnixTimeMilliseconds(),
        reminder.Due.ToUnixTimeMilliseconds(),
        reminder.Expires?.ToUnixTimeMilliseconds(),
        (long)reminder.FailurePolicy.Interval.TotalMilliseconds,
        reminder.FailurePolicy.MaxRetries);

    public static Reminder? Find(Session session, ActorKey actor, string name) => session.QuerySingle(
        $"SELECT {Columns} FROM reminder WHERE type = $1 AND actor = $2 AND name = $3", Read, actor.Type, actor.Id, name);

    public static void Delete(Session session, ActorKey actor, string name) =>
        session.Execute("DELETE FROM reminder WHERE type = $1 AND actor = $2 AND name = $3", actor.Type, actor.Id, name);

    public static long Count(Session session, string type) =>
        session.Scalar<long>("SELECT count(*) FROM reminder WHERE type = $1", type);

    public static Reminder? Find(Session session, long id) =>
        session.QuerySingle($"SELECT {Columns} FROM reminder WHERE id = $1", Read, id);

    /// <summary>Stores what became of a reminder, null: it is done; nothing when it was deleted or registered anew meanwhile.</summary>
    public static void Replace(Session session, long id, Reminder? reminder)
    {
        if (reminder is null)
        {
            session.Execute("DELETE FROM reminder WHERE id = $1", id);
            return;
        }

        session.Execute(
            "UPDATE reminder SET tick = $2, due = $3, fired = $4, failures = $5 WHERE id = $1",
            id,
            reminder.Tick.ToUnixTimeMilliseconds(),
            reminder.Due.ToUnixTimeMilliseconds(),
            reminder.Fired,
            reminder.Failures);
    }

    /// <summary>The ids of the reminders of a type that are due, the longest due first.</summary>
    public static List<long> Due(Session session, string type, DateTimeOffset now, int limit) => session.Query(
        "SELECT id FROM reminder WHERE type = $1 AND due <= $2 ORDER BY due LIMIT $3",
        static row => row.GetInt64(0), type, now.ToUnixTimeMilliseconds(), limit);

    /// <summary>When the next reminder of a type falls due after <paramref name="now"/>; null when none does.</summary>
    public static DateTimeOffset? NextDue(Session session, string type, DateTimeOffset now) => session.QuerySingle<DateTimeOffset?>(
        "SELECT due FROM reminder WHERE type = $1 AND due > $2 ORDER BY due LIMIT 1",
        static row => Moment(row.GetInt64(0)), type, now.ToUnixTimeMilliseconds());

    private static Reminder Read(SqliteDataReader row)
    {
        var request = new ActorTimerRequest(row.GetString(3), row.GetString(4), row.GetString(5), "", "", row.GetFieldValue<byte[]>(6));
        return new Reminder(
            row.GetInt64(0),
            new ActorKey(row.GetString(1), row.GetString(2)),
            request,
            ActorPeriod.Parse(request.Period),
            Moment(row.GetInt64(7)),
            Moment(row.GetInt64(8)),
            row.IsDBNull(9) ? null : Moment(row.GetInt64(9)),
            row.GetInt32(10),
            row.GetInt32(11),
            new FailurePolicy(TimeSpan.FromMilliseconds(row.GetInt64(12)), row.GetInt32(13)));
    }

    private static DateTimeOffset Moment(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
