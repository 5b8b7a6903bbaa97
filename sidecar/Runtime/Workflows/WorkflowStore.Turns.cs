using DaprShop.Sidecar.Storage;
using DaprShop.Sidecar.Workflows.Protocol;
using Google.Protobuf;

namespace DaprShop.Sidecar.Workflows;

internal sealed partial class WorkflowStore
{
    /// <summary>
    /// Stores what a turn does to its own instance; <paramref name="lastSequence"/> is the last inbox event it took.
    /// False when the instance is no longer where the turn began.
    /// </summary>
    public static bool SaveTurn(Session session, InstanceKey key, int generation, int turns, long lastSequence, TurnOutcome outcome)
    {
        var changed = outcome.Next is { } next
            ? UpdateGeneration(session, key.No, generation, turns, next, outcome.CustomStatus)
            : Update(session, key.No, generation, turns, outcome);
        if (!changed)
        {
            return false;
        }

        if (outcome.ConsumesInbox)
        {
            RemoveFromInbox(session, key.No, lastSequence);
        }

        if (outcome.Next is { } begun)
        {
            StartGeneration(session, key.No, begun);
        }

        if (outcome.Events.Count > 0)
        {
            var events = new GetInstanceHistoryResponse { Events = { outcome.Events } };
            session.Execute("INSERT INTO workflow_history (no, turn, events) VALUES ($1, $2, $3)", key.No, turns, events.ToByteArray());
        }

        foreach (var order in outcome.Activities)
        {
            AddTask(session, key.No, generation, order);
        }

        foreach (var timer in outcome.Timers)
        {
            AddTimer(session, key.No, generation, timer.TimerId, timer.FireAt);
        }

        if (outcome.Completed is not null)
        {
            RemoveFromInbox(session, key.No, long.MaxValue);
            RemoveTimers(session, key.No);
        }

        // What a finished workflow has started still runs, as it would on daprd; termination means that nothing starts any more.
        if (outcome.Status == OrchestrationStatus.Terminated)
        {
            RemoveTasks(session, key.No);
        }

        return true;
    }

    private static bool Update(Session session, long no, int generation, int turns, TurnOutcome outcome)
    {
        var at = outcome.Events is [.., var last] ? last.Timestamp.ToNanoseconds() : (long?)null;
        var started = turns == 0 && outcome.ConsumesInbox ? outcome.Events[0].Timestamp.ToNanoseconds() : (long?)null;
        var completed = outcome.Completed;
        return session.Execute(
            """
            UPDATE workflow_instances SET status = $4, turns = turns + 1, updated = coalesce($5, updated), started = coalesce(started, $6),
                completed = $7, output = $8, failure = $9, custom_status = CASE WHEN $10 IS NULL THEN custom_status ELSE nullif($10, '') END
            WHERE no = $1 AND generation = $2 AND turns = $3
            """,
            no, generation, turns, (int)outcome.Status, at, started, completed is null ? null : at, completed?.Result,
            completed?.FailureDetails?.ToByteArray(), outcome.CustomStatus) == 1;
    }

    private static bool UpdateGeneration(Session session, long no, int generation, int turns, NextGeneration next, string? customStatus)
    {
        var started = next.Inbox[0];
        return session.Execute(
            """
            UPDATE workflow_instances SET status = $4, turns = 0, generation = generation + 1, execution_id = $5, created = $6, updated = $6,
                started = NULL, input = $7, custom_status = CASE WHEN $8 IS NULL THEN custom_status ELSE nullif($8, '') END
            WHERE no = $1 AND generation = $2 AND turns = $3
            """,
            no, generation, turns, (int)OrchestrationStatus.Running, next.ExecutionId, started.Timestamp.ToNanoseconds(),
            started.ExecutionStarted.Input, customStatus) == 1;
    }

    private static void StartGeneration(Session session, long no, NextGeneration next)
    {
        session.Execute("DELETE FROM workflow_history WHERE no = $1", no);
        RemoveTimers(session, no);
        RemoveTasks(session, no);
        for (var i = 0; i < next.Inbox.Count; i++)
        {
            AddToInbox(session, no, FrontSequence(next, i), next.Inbox[i]);
        }
    }

    /// <summary>The place in the inbox of a generation's own first events: before all others, whose places are positive.</summary>
    public static long FrontSequence(NextGeneration next, int index) => index - next.Inbox.Count;
}
