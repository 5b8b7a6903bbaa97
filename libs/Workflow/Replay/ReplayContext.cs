using Dapr.Common.Serialization;
using Dapr.Workflow.Protocol;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Replay;

/// <summary>The context of a run while it is replayed in a turn.</summary>
internal sealed class ReplayContext(
    RunIdentity run,
    OperationLedger ledger,
    ExternalEvents events,
    PatchDecisions patches,
    TurnGuard guard,
    IDaprSerializer serializer,
    ILoggerFactory loggers) : WorkflowContext
{
    private readonly DeterministicIds _ids = new(run.InstanceId, run.ExecutionId);
    private DateTime _now;

    public override string Name => run.WorkflowName ?? "";

    public override string InstanceId => run.InstanceId;

    public override DateTime CurrentUtcDateTime
    {
        get
        {
            guard.Enter();
            return _now;
        }
    }

    public override bool IsReplaying => IsReplayingNow;

    /// <summary>Set by the turn: whether the code now runs because of what was already committed.</summary>
    public bool IsReplayingNow { get; set; }

    /// <summary>JSON, or empty.</summary>
    public string CustomStatus { get; private set; } = "";

    /// <summary>The code's wish to begin anew; the first one counts.</summary>
    public Continuation? Continuation { get; private set; }

    public void SetTime(DateTime now) => _now = now;

    public override bool IsPatched(string patchName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(patchName);
        guard.Enter();
        return patches.Decide(patchName, IsReplayingNow);
    }

    public override Task<T> CallActivityAsync<T>(string name, object? input = null, WorkflowTaskOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        guard.Enter();
        if (options?.RetryPolicy is not { } policy)
        {
            return Schedule().Task;
        }

        string? firstAttempt = null;
        return RetryAsync(
            policy,
            () =>
            {
                var call = Schedule();
                firstAttempt ??= call.ExecutionId;
                return call.Task;
            },
            timer => timer.ActivityRetry = new TimerOriginActivityRetry { TaskExecutionId = firstAttempt });

        ActivityCall<T> Schedule()
        {
            var call = new ActivityCall<T>(
                name, input, RouterTo(options), options?.PropagationScope ?? HistoryPropagationScope.None, _ids, ledger.NextId, serializer);
            ledger.Add(call);
            return call;
        }
    }

    public override Task<TResult> CallChildWorkflowAsync<TResult>(
        string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(workflowName);
        guard.Enter();
        string? firstAttempt = null;
        return options?.RetryPolicy is { } policy
            ? RetryAsync(
                policy,
                ScheduleAttempt,
                timer => timer.ChildWorkflowRetry = new TimerOriginChildWorkflowRetry { InstanceId = firstAttempt })
            : ScheduleAttempt();

        Task<TResult> ScheduleAttempt()
        {
            var instanceId = string.IsNullOrEmpty(options?.InstanceId) ? _ids.NewGuid().ToString() : options.InstanceId;
            var call = new ChildWorkflowCall<TResult>(
                workflowName, input, RouterTo(options), options?.PropagationScope ?? HistoryPropagationScope.None, instanceId, firstAttempt, serializer);
            firstAttempt ??= instanceId;
            ledger.Add(call);
            return call.Task;
        }
    }

    public override Task CreateTimer(TimeSpan delay, CancellationToken cancellationToken = default) =>
        CreateTimer(After(delay), cancellationToken);

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        if (fireAt.Kind != DateTimeKind.Utc)
        {
            throw new ArgumentException("A timer needs a time in UTC; take it from CurrentUtcDateTime.", nameof(fireAt));
        }

        guard.Enter();
        return StartTimer(
            new CreateTimerAction { FireAt = Timestamp.FromDateTime(fireAt), CreateTimer = new TimerOriginCreateTimer() }, cancellationToken);
    }

    public override Task<T> WaitForExternalEventAsync<T>(string eventName, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(eventName);
        guard.Enter();
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        var wait = events.Wait<T>(eventName);
        OnCancelled(wait.Task, () => wait.Cancel(cancellationToken), cancellationToken);
        return wait.Task;
    }

    public override Task<T> WaitForExternalEventAsync<T>(string eventName, TimeSpan timeout)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(eventName);
        guard.Enter();
        if (timeout == TimeSpan.Zero)
        {
            return Task.FromCanceled<T>(new CancellationToken(canceled: true));
        }

        var wait = events.Wait<T>(eventName);
        var expiry = timeout < TimeSpan.Zero ? EventTimeout.Never : Timestamp.FromDateTime(After(timeout));
        ledger.Add(new EventTimeout(wait, eventName, expiry));
        return wait.Task;
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(instanceId);
        ArgumentException.ThrowIfNullOrWhiteSpace(eventName);
        guard.Enter();
        ledger.Add(new SentEvent(instanceId, eventName, serializer.ToPayload(payload)));
    }

    public override void SetCustomStatus(object? customStatus)
    {
        guard.Enter();
        CustomStatus = serializer.ToPayload(customStatus);
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
    {
        guard.Enter();
        if (Continuation is null)
        {
            Continuation = new Continuation(serializer.ToPayload(newInput), preserveUnprocessedEvents);
            ledger.Add(Continuation);
        }
    }

    public override Guid NewGuid()
    {
        guard.Enter();
        return _ids.NewGuid();
    }

    public override PropagatedHistory? GetPropagatedHistory() => PropagatedHistoryReader.Read(run.PropagatedHistory);

    public override ILogger CreateReplaySafeLogger(string categoryName) => new ReplaySafeLogger(loggers.CreateLogger(categoryName), this);

    public override ILogger CreateReplaySafeLogger(System.Type type) => new ReplaySafeLogger(loggers.CreateLogger(type), this);

    public override ILogger CreateReplaySafeLogger<T>() => new ReplaySafeLogger(loggers.CreateLogger<T>(), this);

    private async Task<T> RetryAsync<T>(WorkflowRetryPolicy policy, Func<Task<T>> call, Action<CreateTimerAction> setOrigin)
    {
        var firstAttempt = _now;
        for (var attempt = 0; ; attempt++)
        {
            TimeSpan delay;
            try
            {
                return await call();
            }
            catch (WorkflowTaskFailedException failed)
                when (policy.AllowsRetry(attempt, _now - firstAttempt, failed.FailureDetails, out delay))
            {
            }

            var timer = new CreateTimerAction { FireAt = Timestamp.FromDateTime(After(delay)) };
            setOrigin(timer);
            await StartTimer(timer, CancellationToken.None);
        }
    }

    private Task StartTimer(CreateTimerAction action, CancellationToken cancellationToken)
    {
        var timer = new TimerOperation(action);
        ledger.Add(timer);
        OnCancelled(timer.Task, () => timer.Cancel(cancellationToken), cancellationToken);
        return timer.Task;
    }

    // A token that is cancelled by a clock or another thread is no workflow task either.
    private void OnCancelled(Task waiting, Action cancel, CancellationToken token)
    {
        if (token.CanBeCanceled && !waiting.IsCompleted)
        {
            token.Register(() =>
            {
                if (guard.TryEnter())
                {
                    cancel();
                }
            });
        }
    }

    private DateTime After(TimeSpan delay)
    {
        var now = CurrentUtcDateTime;
        return delay < DateTime.MaxValue - now ? now + delay : DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);
    }

    private TaskRouter? RouterTo(WorkflowTaskOptions? options)
    {
        if (string.IsNullOrEmpty(options?.TargetAppId))
        {
            return null;
        }

        var router = new TaskRouter { TargetAppID = options.TargetAppId };
        if (run.AppId is { } own)
        {
            router.SourceAppID = own;
        }

        return router;
    }
}
