using DaprShop.Sidecar.Storage;
using DaprShop.Sidecar.Workflows.Protocol;
using Google.Protobuf;

namespace DaprShop.Sidecar.Workflows;

/// <summary>
/// The engine's tables. An instance has a number that dies with it: starting a finished id again makes a new number, so nothing that
/// is late can reach the wrong run. <c>generation</c> counts continue-as-new the same way. Times are nanoseconds since 1970.
/// </summary>
internal sealed partial class WorkflowStore
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS workflow_instances (
            no INTEGER PRIMARY KEY AUTOINCREMENT,
            app_id TEXT NOT NULL,
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            status INTEGER NOT NULL,
            execution_id TEXT NOT NULL,
            generation INTEGER NOT NULL DEFAULT 1,
            turns INTEGER NOT NULL DEFAULT 0,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            started INTEGER,
            completed INTEGER,
            scheduled INTEGER,
            input TEXT,
            output TEXT,
            custom_status TEXT,
            failure BLOB,
            parent_app TEXT,
            parent_id TEXT,
            parent_execution TEXT,
            parent_task INTEGER,
            UNIQUE (app_id, id));
        CREATE INDEX IF NOT EXISTS workflow_children ON workflow_instances (parent_app, parent_id) WHERE parent_id IS NOT NULL;
        CREATE INDEX IF NOT EXISTS workflow_stalled ON workflow_instances (app_id) WHERE status = 8;

        -- One row a turn: its events as GetInstanceHistoryResponse, so that concatenated rows are the whole history.
        CREATE TABLE IF NOT EXISTS workflow_history (
            no INTEGER NOT NULL, turn INTEGER NOT NULL, events BLOB NOT NULL, PRIMARY KEY (no, turn)) WITHOUT ROWID;

        CREATE TABLE IF NOT EXISTS workflow_inbox (
            no INTEGER NOT NULL, seq INTEGER NOT NULL, event BLOB NOT NULL, PRIMARY KEY (no, seq)) WITHOUT ROWID;

        CREATE TABLE IF NOT EXISTS workflow_timers (
            no INTEGER NOT NULL, generation INTEGER NOT NULL, timer INTEGER NOT NULL, fire_at INTEGER NOT NULL,
            PRIMARY KEY (no, generation, timer)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS workflow_timers_due ON workflow_timers (fire_at);

        CREATE TABLE IF NOT EXISTS workflow_tasks (
            no INTEGER NOT NULL, generation INTEGER NOT NULL, task INTEGER NOT NULL, app_id TEXT NOT NULL, event BLOB NOT NULL,
            PRIMARY KEY (no, generation, task)) WITHOUT ROWID;
        """;

    /// <summary>The id under which a scheduled start waits among the timers; no action has it.</summary>
    public const int StartTimer = int.MinValue;

    /// <summary>The id under which the end of a finished instance's time waits among the timers; no action has it.</summary>
    public const int PurgeTimer = int.MinValue + 1;

    private long _lastSequence;

    /// <summary>Creates the tables and finds the last inbox number. Call once, before anything else.</summary>
    public void Open(Database database)
    {
        database.EnsureSchema(Schema);
        _lastSequence = database.Read(s => s.Scalar<long>("SELECT coalesce(max(seq), 0) FROM workflow_inbox"));
    }

    public static InstanceHead? FindHead(Session session, string appId, string instanceId) => session.QuerySingle(
        """
        SELECT no, status, generation, execution_id, scheduled, parent_app, parent_id, parent_execution, parent_task
        FROM workflow_instances WHERE app_id = $1 AND id = $2
        """,
        row => new InstanceHead(
            new InstanceKey(row.GetInt64(0), appId, instanceId), (OrchestrationStatus)row.GetInt32(1), row.GetInt32(2), row.GetString(3))
        {
            Scheduled = !row.IsDBNull(4),
            ParentApp = row.IsDBNull(5) ? null : row.GetString(5),
            ParentId = row.IsDBNull(6) ? null : row.GetString(6),
            ParentExecution = row.IsDBNull(7) ? null : row.GetString(7),
            ParentTask = row.IsDBNull(8) ? null : row.GetInt32(8),
        },
        appId, instanceId);

    /// <summary>The children that workflow started, of all its generations.</summary>
    public static List<InstanceHead> FindChildren(Session session, InstanceKey parent) => session.Query(
        "SELECT app_id, id, no, status, generation, execution_id FROM workflow_instances WHERE parent_app = $1 AND parent_id = $2",
        row => new InstanceHead(
            new InstanceKey(row.GetInt64(2), row.GetString(0), row.GetString(1)), (OrchestrationStatus)row.GetInt32(3), row.GetInt32(4), row.GetString(5)),
        parent.AppId, parent.InstanceId);

    /// <summary>Inserts an instance that waits for its first turn, the start event already in its inbox.</summary>
    public (InstanceKey Key, InboxEvent First) InsertInstance(Session session, string appId, string instanceId, HistoryEvent startedEvent)
    {
        var started = startedEvent.ExecutionStarted;
        var parent = started.ParentInstance;
        var at = startedEvent.Timestamp.ToNanoseconds();
        var scheduled = started.ScheduledStartTimestamp?.ToNanoseconds();
        var no = session.Scalar<long>(
            """
            INSERT INTO workflow_instances
                (app_id, id, name, status, execution_id, created, updated, scheduled, input, parent_app, parent_id, parent_execution, parent_task)
            VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12) RETURNING no
            """,
            appId, instanceId, started.Name, (int)OrchestrationStatus.Pending, started.WorkflowInstance.ExecutionId, at, scheduled, started.Input,
            parent is null ? null : parent.HasAppID ? parent.AppID : appId, parent?.WorkflowInstance.InstanceId,
            parent?.WorkflowInstance.ExecutionId, parent?.TaskScheduledId);
        var sequence = AddToInbox(session, no, startedEvent);
        if (scheduled is { } due)
        {
            AddTimer(session, no, generation: 1, StartTimer, due);
        }

        return (new InstanceKey(no, appId, instanceId), new InboxEvent(sequence, startedEvent));
    }

    /// <summary>Appends an event to an inbox and returns its place there. Runs on the writer thread, so places grow in commit order.</summary>
    public long AddToInbox(Session session, long no, HistoryEvent e)
    {
        var sequence = ++_lastSequence;
        AddToInbox(session, no, sequence, e);
        return sequence;
    }

    /// <summary>Puts the first events of a generation in front of what is already in the inbox.</summary>
    public static void AddToInbox(Session session, long no, long sequence, HistoryEvent e) => session.Execute(
        "INSERT INTO workflow_inbox (no, seq, event) VALUES ($1, $2, $3)", no, sequence, e.ToByteArray());

    public static void RemoveFromInbox(Session session, long no, long lastSequence) =>
        session.Execute("DELETE FROM workflow_inbox WHERE no = $1 AND seq <= $2", no, lastSequence);

    public static void AddTimer(Session session, long no, int generation, int timerId, long fireAt) => session.Execute(
        "INSERT INTO workflow_timers (no, generation, timer, fire_at) VALUES ($1, $2, $3, $4)", no, generation, timerId, fireAt);

    public static bool RemoveTimer(Session session, long no, int generation, int timerId) => session.Execute(
        "DELETE FROM workflow_timers WHERE no = $1 AND generation = $2 AND timer = $3", no, generation, timerId) > 0;

    public static void RemoveTimers(Session session, long no) => session.Execute("DELETE FROM workflow_timers WHERE no = $1", no);

    public static void AddTask(Session session, long no, int generation, ActivityOrder order) => session.Execute(
        "INSERT INTO workflow_tasks (no, generation, task, app_id, event) VALUES ($1, $2, $3, $4, $5)",
        no, generation, order.TaskId, order.AppId, order.Task.ToByteArray());

    public static bool RemoveTask(Session session, long no, int generation, int taskId) => session.Execute(
        "DELETE FROM workflow_tasks WHERE no = $1 AND generation = $2 AND task = $3", no, generation, taskId) > 0;

    public static void RemoveTasks(Session session, long no) => session.Execute("DELETE FROM workflow_tasks WHERE no = $1", no);

    public static void ClearScheduledStart(Session session, long no) =>
        session.Execute("UPDATE workflow_instances SET scheduled = NULL WHERE no = $1", no);

    /// <summary>Whether a resolution for that generation still has somebody to go to.</summary>
    public static bool IsLive(Session session, long no, int generation) => session.Scalar<long>(
        "SELECT 1 FROM workflow_instances WHERE no = $1 AND generation = $2 AND completed IS NULL", no, generation) == 1;

    public static void Delete(Session session, long no)
    {
        session.Execute("DELETE FROM workflow_instances WHERE no = $1", no);
        session.Execute("DELETE FROM workflow_history WHERE no = $1", no);
        session.Execute("DELETE FROM workflow_inbox WHERE no = $1", no);
        RemoveTimers(session, no);
        RemoveTasks(session, no);
    }
}

/// <summary>Names one run of an instance: the number is unique for ever.</summary>
internal sealed record InstanceKey(long No, string AppId, string InstanceId);

/// <summary>What decisions about an instance need to know.</summary>
internal sealed record InstanceHead(InstanceKey Key, OrchestrationStatus Status, int Generation, string ExecutionId)
{
    /// <summary>It waits for its scheduled start.</summary>
    public bool Scheduled { get; init; }

    public string? ParentApp { get; init; }

    public string? ParentId { get; init; }

    public string? ParentExecution { get; init; }

    public int? ParentTask { get; init; }
}
