using DaprShop.Sidecar.Storage;
using DaprShop.Sidecar.Workflows.Protocol;
using Microsoft.Data.Sqlite;

namespace DaprShop.Sidecar.Workflows;

internal sealed partial class WorkflowStore
{
    public static InstanceRecord? FindRecord(Session session, string appId, string instanceId) => session.QuerySingle(
        """
        SELECT name, status, created, updated, started, input, output, custom_status, failure, parent_id, parent_app, execution_id, completed
        FROM workflow_instances WHERE app_id = $1 AND id = $2
        """,
        row => new InstanceRecord(instanceId, row.GetString(0), (OrchestrationStatus)row.GetInt32(1), row.GetInt64(2), row.GetInt64(3))
        {
            Started = row.IsDBNull(4) ? null : row.GetInt64(4),
            Input = Text(row, 5),
            Output = Text(row, 6),
            CustomStatus = Text(row, 7),
            Failure = row.IsDBNull(8) ? null : TaskFailureDetails.Parser.ParseFrom(row.GetFieldValue<byte[]>(8)),
            ParentId = Text(row, 9),
            ParentApp = Text(row, 10),
            ExecutionId = row.GetString(11),
            Completed = row.IsDBNull(12) ? null : row.GetInt64(12),
        },
        appId, instanceId);

    /// <summary>The events of the current generation, in order.</summary>
    public static IReadOnlyList<HistoryEvent> ReadHistory(Session session, long no)
    {
        var history = new GetInstanceHistoryResponse();
        foreach (var turn in session.Query(
            "SELECT events FROM workflow_history WHERE no = $1 ORDER BY turn", row => row.GetFieldValue<byte[]>(0), no))
        {
            Google.Protobuf.MessageExtensions.MergeFrom(history, turn);
        }

        return history.Events;
    }

    /// <summary>What an instance with no turn in flight is made of.</summary>
    public static StoredInstance? ReadInstance(Session session, long no) => session.QuerySingle(
        "SELECT generation, turns FROM workflow_instances WHERE no = $1", row => (Generation: row.GetInt32(0), Turns: row.GetInt32(1)), no)
        is { Generation: > 0 } found
        ? new StoredInstance(found.Generation, found.Turns, ReadHistory(session, no), session.Query(
            "SELECT seq, event FROM workflow_inbox WHERE no = $1 ORDER BY seq",
            row => new InboxEvent(row.GetInt64(0), HistoryEvent.Parser.ParseFrom(row.GetFieldValue<byte[]>(1))), no))
        : null;

    public static TaskScheduledEvent? ReadTask(Session session, long no, int generation, int taskId) => session.QuerySingle(
        "SELECT event FROM workflow_tasks WHERE no = $1 AND generation = $2 AND task = $3",
        row => TaskScheduledEvent.Parser.ParseFrom(row.GetFieldValue<byte[]>(0)), no, generation, taskId);

    /// <summary>The instances that have something in their inbox and do not wait for their scheduled start.</summary>
    public static List<InstanceKey> ReadRunnable(Session session) => session.Query(
        """
        SELECT no, app_id, id FROM workflow_instances
        WHERE no IN (SELECT DISTINCT no FROM workflow_inbox) AND scheduled IS NULL AND completed IS NULL AND status <> 8 ORDER BY no
        """,
        Key);

    public static List<InstanceKey> ReadStalled(Session session, string appId) => session.Query(
        "SELECT no, app_id, id FROM workflow_instances WHERE app_id = $1 AND status = 8 ORDER BY no", Key, appId);

    /// <summary>The activities that have no result yet; each with the app whose workers run it.</summary>
    public static List<(InstanceKey Instance, int Generation, int TaskId, string AppId)> ReadTasks(Session session) => session.Query(
        """
        SELECT i.no, i.app_id, i.id, t.generation, t.task, t.app_id
        FROM workflow_tasks t JOIN workflow_instances i ON i.no = t.no ORDER BY t.no, t.generation, t.task
        """,
        row => (Key(row), row.GetInt32(3), row.GetInt32(4), row.GetString(5)));

    public static long ReadNextDue(Session session) =>
        session.Scalar<long>("SELECT coalesce(min(fire_at), $1) FROM workflow_timers", Timestamps.Never);

    public static List<DueTimer> ReadDue(Session session, long now, int limit) => session.Query(
        """
        SELECT i.no, i.app_id, i.id, t.generation, t.timer, t.fire_at, i.generation
        FROM workflow_timers t JOIN workflow_instances i ON i.no = t.no WHERE t.fire_at <= $1 ORDER BY t.fire_at LIMIT $2
        """,
        row => new DueTimer(Key(row), row.GetInt32(3), row.GetInt32(4), row.GetInt64(5), row.GetInt32(6)), now, limit);

    public static List<string> ReadIds(Session session, string appId, string after, long limit) => session.Query(
        "SELECT id FROM workflow_instances WHERE app_id = $1 AND id > $2 ORDER BY id LIMIT $3", row => row.GetString(0), appId, after, limit);

    private static InstanceKey Key(SqliteDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetString(2));

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}

/// <summary>An instance as clients see it; times in nanoseconds since 1970.</summary>
internal sealed record InstanceRecord(string InstanceId, string Name, OrchestrationStatus Status, long Created, long Updated)
{
    public required string ExecutionId { get; init; }

    public long? Started { get; init; }

    public long? Completed { get; init; }

    public string? Input { get; init; }

    public string? Output { get; init; }

    public string? CustomStatus { get; init; }

    public TaskFailureDetails? Failure { get; init; }

    public string? ParentId { get; init; }

    public string? ParentApp { get; init; }
}

internal sealed record StoredInstance(int Generation, int Turns, IReadOnlyList<HistoryEvent> History, IReadOnlyList<InboxEvent> Inbox);

internal sealed record InboxEvent(long Sequence, HistoryEvent Event);

/// <summary>A timer whose time has come; <paramref name="Current"/> is the generation its instance is in now.</summary>
internal sealed record DueTimer(InstanceKey Instance, int Generation, int TimerId, long FireAt, int Current);
