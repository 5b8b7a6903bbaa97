using DaprShop.Sidecar.Observability;
using DaprShop.Sidecar.Storage;
using DaprShop.Sidecar.Workflows.Protocol;
using Google.Protobuf.WellKnownTypes;

namespace DaprShop.Sidecar.Workflows;

/// <summary>Makes work items of what the scheduler gives to a worker, and commits the workers' answers.</summary>
internal sealed class WorkItems(
    Database database, WorkflowStore store, Scheduler scheduler, TimerQueue timers, StatusWaiters waiters, Mailbox mailbox,
    RetentionPolicies retention, IReadOnlyDictionary<string, WorkflowMetrics> metrics, WorkflowOptions options, TimeProvider time, ILogger logger)
{
    private double MaxSize => options.MaxTurnSize * 0.95;

    /// <summary>The item to send; null when there is nothing to ask a worker after all.</summary>
    public async ValueTask<WorkItem?> PrepareAsync(Dispatch dispatch) =>
        dispatch.Task is { } task ? PrepareActivity(dispatch, task) : await PrepareTurnAsync(dispatch, dispatch.Instance!).ConfigureAwait(false);

    /// <summary>Commits a worker's answer to a turn; a late answer is dropped.</summary>
    /// <exception cref="InvalidTurnException">The answer cannot be committed; the turn will be given out again.</exception>
    public async Task CompleteTurnAsync(string appId, WorkflowResponse response)
    {
        if (!scheduler.TryComplete(appId, response.CompletionToken, response.InstanceId, taskId: null, out var dispatch))
        {
            logger.LateAnswer(response.InstanceId, taskId: null);
            return;
        }

        TurnOutcome outcome;
        try
        {
            outcome = TurnAnswer.Apply(dispatch.Turn!, response, ContextOf(dispatch));
        }
        catch (InvalidTurnException e)
        {
            logger.TurnRefused(response.InstanceId, scheduler.Retry(dispatch), e.Message);
            throw;
        }

        if (outcome.Activities.FirstOrDefault(order => order.Task.CalculateSize() > MaxSize) is { } large)
        {
            var reason = $"Activity payload size {large.Task.CalculateSize()} bytes exceeds 95% of the limit of {options.MaxTurnSize} bytes";
            outcome = TurnAnswer.Stall(dispatch.Turn!, StalledReason.PayloadSizeExceeded, reason, ContextOf(dispatch));
        }

        await CommitAsync(dispatch, outcome).ConfigureAwait(false);
    }

    /// <summary>Commits an activity's result; a late one is dropped.</summary>
    public async Task CompleteActivityAsync(string appId, ActivityResponse response)
    {
        if (!scheduler.TryComplete(appId, response.CompletionToken, response.InstanceId, response.TaskId, out var dispatch))
        {
            logger.LateAnswer(response.InstanceId, response.TaskId);
            return;
        }

        var task = dispatch.Task!;
        var now = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        var ended = HistoryEvents.ActivityEnded(now, appId, task.Order!.TaskExecutionId, response);
        try
        {
            await database.WriteAsync(session =>
            {
                // Nothing to remove: the instance was terminated, continued as new or purged meanwhile.
                if (WorkflowStore.RemoveTask(session, task.Instance.No, task.Generation, task.TaskId)
                    && WorkflowStore.IsLive(session, task.Instance.No, task.Generation))
                {
                    var sequence = store.AddToInbox(session, task.Instance.No, ended);
                    session.OnCommitted(() => scheduler.Deliver(task.Instance, new InboxEvent(sequence, ended)));
                }

                session.OnCommitted(() => scheduler.Completed(dispatch));
            }).ConfigureAwait(false);
            metrics.GetValueOrDefault(appId)?
                .ActivityExecuted(task.Order.Name, response.FailureDetails is null, time.GetElapsedTime(dispatch.GivenAt));
        }
        catch (Exception e)
        {
            logger.StoreFailed(e, response.InstanceId);
            scheduler.Retry(dispatch);
            throw;
        }
    }

    private WorkItem? PrepareActivity(Dispatch dispatch, ActivityTask task)
    {
        if (scheduler.IsCurrent(dispatch))
        {
            task.Order ??= database.Read(s => WorkflowStore.ReadTask(s, task.Instance.No, task.Generation, task.TaskId));
        }

        if (task.Order is not { } order || !scheduler.IsCurrent(dispatch))
        {
            scheduler.Completed(dispatch);
            return null;
        }

        return new WorkItem
        {
            ActivityRequest = new ActivityRequest
            {
                Name = order.Name,
                Version = order.Version,
                Input = order.Input,
                WorkflowInstance = new WorkflowInstance { InstanceId = task.Instance.InstanceId },
                TaskId = task.TaskId,
                TaskExecutionId = order.TaskExecutionId,
                ParentTraceContext = order.ParentTraceContext,
            },
            CompletionToken = dispatch.Token,
        };
    }

    private async ValueTask<WorkItem?> PrepareTurnAsync(Dispatch dispatch, Instance instance)
    {
        StoredInstance? stored = null;
        if (instance.History is null)
        {
            stored = database.Read(s => WorkflowStore.ReadInstance(s, instance.Key.No));
            if (stored is null)
            {
                scheduler.Forget(instance.Key.No);
                return null;
            }
        }

        if (!scheduler.TryBegin(dispatch, stored, out var turn))
        {
            return null;
        }

        if (turn.IsEmpty || turn.Started is null || turn.Past.Facts.Completed is not null)
        {
            await SkipAsync(dispatch, turn).ConfigureAwait(false);
            return null;
        }

        if (TooLarge(turn) is { } reason)
        {
            await StallAsync(dispatch, turn, reason).ConfigureAwait(false);
            return null;
        }

        if (turn.Past.Events.Count == 0)
        {
            metrics.GetValueOrDefault(instance.Key.AppId)?
                .Scheduled(turn.Started.ExecutionStarted.Name, time.GetUtcNow() - turn.Started.Timestamp.ToDateTimeOffset());
        }

        return new WorkItem
        {
            WorkflowRequest = new WorkflowRequest
            {
                InstanceId = instance.Key.InstanceId,
                ExecutionId = turn.Started.ExecutionStarted.WorkflowInstance.ExecutionId,
                PastEvents = { turn.Past.Events },
                NewEvents = { turn.NewEvents },
            },
            CompletionToken = dispatch.Token,
        };
    }

    private async ValueTask SkipAsync(Dispatch dispatch, WorkflowTurn turn)
    {
        if (turn.Started is null && !turn.IsEmpty)
        {
            logger.Corrupt(dispatch.Instance!.Key.InstanceId);
        }

        var (no, last) = (dispatch.Instance!.Key.No, dispatch.LastSequence);
        await database.WriteAsync(session =>
        {
            WorkflowStore.RemoveFromInbox(session, no, last);
            session.OnCommitted(() => scheduler.Skipped(dispatch));
        }).ConfigureAwait(false);
    }

    private string? TooLarge(WorkflowTurn turn)
    {
        var size = turn.Past.Size + turn.NewEvents.Sum(e => (long)e.CalculateSize());
        return size > MaxSize
            ? $"Workflow payload size {size} bytes exceeds 95% of the limit of {options.MaxTurnSize} bytes"
            : null;
    }

    private async ValueTask StallAsync(Dispatch dispatch, WorkflowTurn turn, string reason)
    {
        if (scheduler.TryComplete(dispatch.Worker.AppId, dispatch.Token, dispatch.Instance!.Key.InstanceId, taskId: null, out _))
        {
            var outcome = TurnAnswer.Stall(turn, StalledReason.PayloadSizeExceeded, reason, ContextOf(dispatch));
            await CommitAsync(dispatch, outcome).ConfigureAwait(false);
        }
    }

    private async Task CommitAsync(Dispatch dispatch, TurnOutcome outcome)
    {
        if (outcome is { Status: OrchestrationStatus.Stalled, Events: [.., var stalled] })
        {
            logger.Stalled(dispatch.Instance!.Key.InstanceId, stalled.ExecutionStalled.Description);
        }

        try
        {
            await database.WriteAsync(session => Commit(session, dispatch, outcome)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            logger.StoreFailed(e, dispatch.Instance!.Key.InstanceId);
            scheduler.Retry(dispatch);
            throw;
        }
    }

    private void Commit(Session session, Dispatch dispatch, TurnOutcome outcome)
    {
        var instance = dispatch.Instance!;
        var key = instance.Key;
        if (!WorkflowStore.SaveTurn(session, key, instance.Generation, instance.Turns, dispatch.LastSequence, outcome))
        {
            session.OnCommitted(() => scheduler.Forget(key.No));
            return;
        }

        if (outcome.Completed is not null && retention.Of(key.AppId, outcome.Status) is { } kept)
        {
            var purgeAt = (time.GetUtcNow() + kept).ToNanoseconds();
            WorkflowStore.AddTimer(session, key.No, instance.Generation, WorkflowStore.PurgeTimer, purgeAt);
            session.OnCommitted(() => timers.Arm(purgeAt));
        }

        session.OnCommitted(() =>
        {
            scheduler.Committed(dispatch, outcome);
            waiters.Signal(key, outcome.Status);
            if (outcome.Completed is not null && dispatch.Turn?.Started is { } started)
            {
                metrics.GetValueOrDefault(key.AppId)?.Executed(
                    started.ExecutionStarted.Name,
                    outcome.Status is OrchestrationStatus.Completed,
                    time.GetUtcNow() - started.Timestamp.ToDateTimeOffset());
            }

            foreach (var timer in outcome.Timers)
            {
                timers.Arm(timer.FireAt);
            }
        });

        if (outcome.Messages.Count > 0 || outcome.TerminateChildren is not null)
        {
            var executionId = dispatch.Turn!.Started!.ExecutionStarted.WorkflowInstance.ExecutionId;
            var sender = new InstanceHead(key, outcome.Status, instance.Generation, executionId);
            mailbox.Deliver(session, sender, outcome, Timestamp.FromDateTimeOffset(time.GetUtcNow()));
        }
    }

    private TurnContext ContextOf(Dispatch dispatch) =>
        new(dispatch.Instance!.Key.AppId, time.GetUtcNow(), () => Guid.NewGuid().ToString());
}
