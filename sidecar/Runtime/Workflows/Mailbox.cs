using DaprShop.Sidecar.Storage;
using DaprShop.Sidecar.Workflows.Protocol;
using Google.Protobuf.WellKnownTypes;

namespace DaprShop.Sidecar.Workflows;

/// <summary>Starts instances and puts events into their inboxes, as part of a write; the scheduler hears of it after the commit.</summary>
internal sealed class Mailbox(WorkflowStore store, Scheduler scheduler, TimerQueue timers, StatusWaiters waiters)
{
    public void Start(Session session, string appId, string instanceId, HistoryEvent started)
    {
        var (key, first) = store.InsertInstance(session, appId, instanceId, started);
        session.OnCommitted(started.ExecutionStarted.ScheduledStartTimestamp is { } due
            ? () => timers.Arm(due.ToNanoseconds())
            : () => scheduler.Created(key, first));
    }

    /// <summary>Starts an instance whose first turn is already known.</summary>
    public void StartWith(Session session, string appId, string instanceId, HistoryEvent started, TurnOutcome outcome, Timestamp now)
    {
        var (key, first) = store.InsertInstance(session, appId, instanceId, started);
        WorkflowStore.SaveTurn(session, key, generation: 1, turns: 0, first.Sequence, outcome);
        session.OnCommitted(() =>
        {
            scheduler.AddTasks(outcome.Activities.Select(order => new ActivityTask(key, generation: 1, order.TaskId, order.AppId, order.Task)));
            foreach (var timer in outcome.Timers)
            {
                timers.Arm(timer.FireAt);
            }
        });
        var executionId = started.ExecutionStarted.WorkflowInstance.ExecutionId;
        Deliver(session, new InstanceHead(key, outcome.Status, Generation: 1, executionId), outcome, now);
    }

    /// <summary>Puts an event into the inbox of a live instance.</summary>
    public void Send(Session session, InstanceHead target, HistoryEvent e)
    {
        var terminates = e.ExecutionTerminated is not null;
        var sequence = store.AddToInbox(session, target.Key.No, e);
        if (target.Scheduled && !terminates)
        {
            return;
        }

        if (target.Scheduled)
        {
            // It ends before it starts.
            WorkflowStore.ClearScheduledStart(session, target.Key.No);
            WorkflowStore.RemoveTimer(session, target.Key.No, target.Generation, WorkflowStore.StartTimer);
        }

        session.OnCommitted(() => scheduler.Deliver(target.Key, new InboxEvent(sequence, e)));
    }

    public void Delete(Session session, InstanceKey key)
    {
        WorkflowStore.Delete(session, key.No);
        session.OnCommitted(() =>
        {
            scheduler.Forget(key.No);
            waiters.Signal(key, status: null);
        });
    }

    /// <summary>Delivers what a turn of <paramref name="sender"/> sends to others.</summary>
    public void Deliver(Session session, InstanceHead sender, TurnOutcome outcome, Timestamp now)
    {
        foreach (var message in outcome.Messages)
        {
            switch (message)
            {
                case StartMessage start:
                    Start(session, sender, start, now, senderLives: outcome.Completed is null);
                    break;
                case EventMessage send:
                    // Missing, finished or already a later generation: nobody waits for this any more.
                    if (FindHead(session, send, sender) is { } target && !target.Status.IsTerminal()
                        && (send.ExecutionId ?? target.ExecutionId) == target.ExecutionId)
                    {
                        Send(session, target, send.Event);
                    }

                    break;
            }
        }

        if (outcome.TerminateChildren is { } termination)
        {
            foreach (var child in WorkflowStore.FindChildren(session, sender.Key).Where(c => !c.Status.IsTerminal()))
            {
                Send(session, child, HistoryEvents.Terminated(now, termination.Input, recurse: true));
            }
        }
    }

    /// <summary>Whether a child, or a child's child, still runs.</summary>
    public static bool HasLiveDescendant(Session session, InstanceKey instance)
    {
        var open = new Stack<InstanceKey>([instance]);
        var seen = new HashSet<long> { instance.No };
        while (open.TryPop(out var next))
        {
            foreach (var child in WorkflowStore.FindChildren(session, next))
            {
                if (!child.Status.IsTerminal())
                {
                    return true;
                }

                if (seen.Add(child.Key.No))
                {
                    open.Push(child.Key);
                }
            }
        }

        return false;
    }

    private static InstanceHead? FindHead(Session session, WorkflowMessage message, InstanceHead sender) =>
        message.AppId == sender.Key.AppId && message.InstanceId == sender.Key.InstanceId
            ? sender
            : WorkflowStore.FindHead(session, message.AppId, message.InstanceId);

    private void Start(Session session, InstanceHead sender, StartMessage start, Timestamp now, bool senderLives)
    {
        var existing = FindHead(session, start, sender);
        if (existing is not null)
        {
            if (IsSameChild(existing, sender, start))
            {
                return;
            }

            if (!existing.Status.IsTerminal() || HasLiveDescendant(session, existing.Key))
            {
                if (start.ParentTaskId is { } taskId && senderLives)
                {
                    Send(session, sender, HistoryEvents.ChildRefused(now, sender.Key.AppId, taskId, start.InstanceId));
                }

                return;
            }

            Delete(session, existing.Key);
        }

        Start(session, start.AppId, start.InstanceId, start.Started);
    }

    private static bool IsSameChild(InstanceHead existing, InstanceHead parent, StartMessage start) =>
        start.ParentTaskId is { } taskId && existing.ParentTask == taskId && existing.ParentId == parent.Key.InstanceId
        && existing.ParentApp == parent.Key.AppId && existing.ParentExecution == parent.ExecutionId;
}
