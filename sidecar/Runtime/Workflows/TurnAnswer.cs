using System.Globalization;
using DaprShop.Sidecar.Workflows.Protocol;
using Google.Protobuf.WellKnownTypes;

namespace DaprShop.Sidecar.Workflows;

/// <summary>Turns a worker's answer into what the turn commits.</summary>
internal sealed class TurnAnswer
{
    private readonly WorkflowTurn _turn;
    private readonly TurnContext _context;
    private readonly HistoryFacts _made = new();
    private readonly List<HistoryEvent> _events = [];
    private readonly List<ActivityOrder> _activities = [];
    private readonly List<TimerOrder> _timers = [];
    private readonly List<WorkflowMessage> _messages = [];

    private TurnAnswer(WorkflowTurn turn, TurnContext context)
    {
        _turn = turn;
        _context = context;
    }

    private ExecutionStartedEvent Started => _turn.Started!.ExecutionStarted;

    private string InstanceId => Started.WorkflowInstance.InstanceId;

    /// <exception cref="InvalidTurnException">The answer cannot be committed.</exception>
    public static TurnOutcome Apply(WorkflowTurn turn, WorkflowResponse response, TurnContext context)
    {
        if (PatchMismatch(turn, response) is { } mismatch)
        {
            return Stall(turn, StalledReason.PatchMismatch, mismatch, context);
        }

        if (response.Actions.Any(a => a.WorkflowVersionNotAvailable is not null))
        {
            return Stall(turn, StalledReason.VersionNotAvailable, $"Version not available: {response.Version?.Name}", context);
        }

        return new TurnAnswer(turn, context).Apply(response);
    }

    /// <summary>The instance is parked: nothing of the turn is committed but the reason. A termination needs no worker, so it is not held up.</summary>
    public static TurnOutcome Stall(WorkflowTurn turn, StalledReason reason, string description, TurnContext context) =>
        turn.News.Terminated is not null ? new TurnAnswer(turn, context).Apply(new WorkflowResponse()) : new TurnOutcome
        {
            Status = OrchestrationStatus.Stalled,
            Events = turn.Past.Facts.Stalled ? [] : [HistoryEvents.Stalled(context.Timestamp, reason, description)],
            ConsumesInbox = false,
        };

    private TurnOutcome Apply(WorkflowResponse response)
    {
        foreach (var action in response.Actions)
        {
            if (action.CompleteWorkflow is { WorkflowStatus: OrchestrationStatus.ContinuedAsNew } next)
            {
                // A termination in the same batch wins: it would be lost with the history it is in.
                if (_turn.News.Terminated is null && _made.Completed is null)
                {
                    return ContinueAsNew(next, response.CustomStatus);
                }
            }
            else
            {
                Apply(action);
            }
        }

        if (_turn.News.Terminated is { } termination && _made.Completed is null)
        {
            Force(termination);
        }

        return Finish(response);
    }

    private void Apply(WorkflowAction action)
    {
        switch (action.WorkflowActionTypeCase)
        {
            case WorkflowAction.WorkflowActionTypeOneofCase.ScheduleTask:
                ScheduleTask(action, action.ScheduleTask);
                break;
            case WorkflowAction.WorkflowActionTypeOneofCase.CreateTimer:
                CreateTimer(action, action.CreateTimer);
                break;
            case WorkflowAction.WorkflowActionTypeOneofCase.CreateChildWorkflow:
                CreateChild(action, action.CreateChildWorkflow);
                break;
            case WorkflowAction.WorkflowActionTypeOneofCase.SendEvent:
                SendEvent(action, action.SendEvent);
                break;
            case WorkflowAction.WorkflowActionTypeOneofCase.CompleteWorkflow:
                Complete(action, action.CompleteWorkflow);
                break;
            case WorkflowAction.WorkflowActionTypeOneofCase.TerminateWorkflow:
                var terminate = action.TerminateWorkflow;
                _messages.Add(new EventMessage(TargetApp(action), terminate.InstanceId,
                    HistoryEvents.Terminated(_context.Timestamp, terminate.Reason, terminate.Recurse)));
                break;
            case WorkflowAction.WorkflowActionTypeOneofCase.CreateDetachedWorkflow:
                CreateDetached(action, action.CreateDetachedWorkflow);
                break;
            default:
                throw new InvalidTurnException($"action {action.Id} asks for nothing this sidecar knows");
        }
    }

    private void ScheduleTask(WorkflowAction action, ScheduleTaskAction task)
    {
        var scheduled = new TaskScheduledEvent
        {
            Name = task.Name,
            Version = task.Version,
            Input = task.Input,
            TaskExecutionId = task.TaskExecutionId,
            ParentTraceContext = Started.ParentTraceContext,
        };
        if (task.HasHistoryPropagationScope)
        {
            scheduled.HistoryPropagationScope = task.HistoryPropagationScope;
        }

        Record(action, e => e.TaskScheduled = scheduled);
        _activities.Add(new ActivityOrder(action.Id, TargetApp(action), scheduled));
    }

    private void CreateTimer(WorkflowAction action, CreateTimerAction timer)
    {
        var created = new TimerCreatedEvent { FireAt = timer.FireAt };
        if (timer.HasName)
        {
            created.Name = timer.Name;
        }

        switch (timer.OriginCase)
        {
            case CreateTimerAction.OriginOneofCase.CreateTimer:
                created.CreateTimer = timer.CreateTimer;
                break;
            case CreateTimerAction.OriginOneofCase.ExternalEvent:
                created.ExternalEvent = timer.ExternalEvent;
                break;
            case CreateTimerAction.OriginOneofCase.ActivityRetry:
                created.ActivityRetry = timer.ActivityRetry;
                break;
            case CreateTimerAction.OriginOneofCase.ChildWorkflowRetry:
                created.ChildWorkflowRetry = timer.ChildWorkflowRetry;
                break;
        }

        Record(action, e => e.TimerCreated = created);
        var fireAt = timer.FireAt?.ToNanoseconds() ?? 0;
        if (fireAt != Timestamps.Never)
        {
            _timers.Add(new TimerOrder(action.Id, fireAt));
        }
    }

    private void CreateChild(WorkflowAction action, CreateChildWorkflowAction child)
    {
        var childId = child.InstanceId.Length > 0
            ? child.InstanceId
            : $"{InstanceId}:{(action.Id & 0xFFFF).ToString("x4", CultureInfo.InvariantCulture)}";
        var created = new ChildWorkflowInstanceCreatedEvent
        {
            InstanceId = childId,
            Name = child.Name,
            Version = child.Version,
            Input = child.Input,
            ParentTraceContext = Started.ParentTraceContext,
            RetryParentInstanceInfo = child.RetryParentInstanceInfo,
        };
        if (child.HasHistoryPropagationScope)
        {
            created.HistoryPropagationScope = child.HistoryPropagationScope;
        }

        Record(action, e => e.ChildWorkflowInstanceCreated = created);
        var appId = TargetApp(action);
        _messages.Add(new StartMessage(appId, childId, HistoryEvents.ExecutionStarted(_context.Timestamp, appId, new ExecutionStartedEvent
        {
            Name = child.Name,
            Input = child.Input,
            WorkflowInstance = new WorkflowInstance { InstanceId = childId, ExecutionId = _context.NewId() },
            ParentInstance = new ParentInstanceInfo
            {
                TaskScheduledId = action.Id,
                Name = Started.Name,
                WorkflowInstance = new WorkflowInstance { InstanceId = InstanceId, ExecutionId = Started.WorkflowInstance.ExecutionId },
                AppID = _context.AppId,
            },
            ParentTraceContext = Started.ParentTraceContext,
        }), action.Id));
    }

    private void SendEvent(WorkflowAction action, SendEventAction send)
    {
        var target = send.Instance?.InstanceId ?? "";
        Record(action, e => e.EventSent = new EventSentEvent { InstanceId = target, Name = send.Name, Input = send.Data });
        _messages.Add(new EventMessage(TargetApp(action), target, HistoryEvents.EventRaised(_context.Timestamp, send.Name, send.Data)));
    }

    private void CreateDetached(WorkflowAction action, CreateDetachedWorkflowAction detached)
    {
        var (appId, id) = (TargetApp(action), detached.InstanceId);
        Record(action, e => e.DetachedWorkflowInstanceCreated = new DetachedWorkflowInstanceCreatedEvent { InstanceId = id });
        _messages.Add(new StartMessage(appId, id, HistoryEvents.ExecutionStarted(_context.Timestamp, appId, new ExecutionStartedEvent
        {
            Name = detached.Name,
            Input = detached.Input,
            WorkflowInstance = new WorkflowInstance { InstanceId = id, ExecutionId = _context.NewId() },
            ScheduledStartTimestamp = detached.ScheduledStartTimestamp,
            ParentTraceContext = detached.ParentTraceContext,
        }), ParentTaskId: null));
    }

    private void Complete(WorkflowAction action, CompleteWorkflowAction complete)
    {
        if (_made.Completed is not null)
        {
            return;
        }

        if (!complete.WorkflowStatus.IsTerminal())
        {
            throw new InvalidTurnException($"a workflow cannot complete as {complete.WorkflowStatus}");
        }

        Complete(action.Id, new ExecutionCompletedEvent
        {
            WorkflowStatus = complete.WorkflowStatus,
            Result = complete.Result,
            FailureDetails = complete.FailureDetails,
        });
    }

    // The worker did not act on the termination; nobody would ask it a second time.
    private void Force(ExecutionTerminatedEvent termination)
    {
        _events.Clear();
        _activities.Clear();
        _timers.Clear();
        _messages.Clear();
        Complete(-1, new ExecutionCompletedEvent { WorkflowStatus = OrchestrationStatus.Terminated, Result = termination.Input });
    }

    private void Complete(int id, ExecutionCompletedEvent completed)
    {
        var e = NewEvent(id, e => e.ExecutionCompleted = completed);
        _made.Add(e);
        _events.Add(e);
        if (Started.ParentInstance is { } parent)
        {
            var parentApp = parent.HasAppID ? parent.AppID : _context.AppId;
            _messages.Add(new EventMessage(parentApp, parent.WorkflowInstance.InstanceId,
                HistoryEvents.ChildEnded(_context.Timestamp, _context.AppId, parentApp, parent.TaskScheduledId, completed),
                parent.WorkflowInstance.ExecutionId));
        }
    }

    private TurnOutcome ContinueAsNew(CompleteWorkflowAction next, string? customStatus)
    {
        var executionId = _context.NewId();
        List<HistoryEvent> inbox =
        [
            HistoryEvents.ExecutionStarted(_context.Timestamp, _context.AppId, new ExecutionStartedEvent
            {
                Name = Started.Name,
                Input = next.Result,
                WorkflowInstance = new WorkflowInstance { InstanceId = InstanceId, ExecutionId = executionId },
                ParentInstance = Started.ParentInstance,
            }),
            .. next.CarryoverEvents,
        ];

        // A suspension that came too late for this generation is for the next one.
        if (_turn.Suspension is { } suspension)
        {
            inbox.Add(suspension);
        }

        return new TurnOutcome
        {
            Status = OrchestrationStatus.Running,
            Next = new NextGeneration(executionId, inbox),
            CustomStatus = customStatus,
        };
    }

    private TurnOutcome Finish(WorkflowResponse response)
    {
        var completed = _made.Completed;
        var terminated = completed?.WorkflowStatus == OrchestrationStatus.Terminated;
        return new TurnOutcome
        {
            Status = completed?.WorkflowStatus ?? (_turn.IsSuspended ? OrchestrationStatus.Suspended : OrchestrationStatus.Running),
            Events = [.. WithVersion(response.Version).Where(e => !IsOrphan(e)), .. _events],
            Activities = terminated ? [] : _activities,
            Timers = completed is null ? _timers : [],
            Messages = _messages,
            CustomStatus = response.CustomStatus,
            Completed = completed,
            TerminateChildren = terminated && _turn.News.Terminated is { Recurse: true } termination ? termination : null,
        };
    }

    // What the code has decided to take is part of the event that began its turn.
    private IEnumerable<HistoryEvent> WithVersion(WorkflowVersion? version)
    {
        if (version is null || (version.Patches.Count == 0 && !version.HasName))
        {
            return _turn.NewEvents;
        }

        var started = _turn.NewEvents[0].Clone();
        started.WorkflowStarted.Version = version;
        return _turn.NewEvents.Skip(1).Prepend(started);
    }

    // The resolution of something that never was would later make the real one look like a duplicate.
    private bool IsOrphan(HistoryEvent e) =>
        HistoryFacts.Resolves(e) is { Kind: not TaskKind.Timer } resolved
        && !_turn.HasCreated(resolved.Kind, resolved.Id)
        && !_made.HasCreated(resolved.Kind, resolved.Id);

    private void Record(WorkflowAction action, Action<HistoryEvent> fill)
    {
        var e = NewEvent(action.Id, fill, action.Router);
        if (HistoryFacts.Creates(e) is { } made && (_turn.HasCreated(made.Kind, made.Id) || _made.HasCreated(made.Kind, made.Id)))
        {
            throw new InvalidTurnException($"action {action.Id} was taken before");
        }

        _made.Add(e);
        _events.Add(e);
    }

    private HistoryEvent NewEvent(int id, Action<HistoryEvent> fill, TaskRouter? router = null)
    {
        var e = new HistoryEvent { EventId = id, Timestamp = _context.Timestamp, Router = router?.Clone() ?? new TaskRouter() };
        e.Router.SourceAppID = _context.AppId;
        fill(e);
        return e;
    }

    private string TargetApp(WorkflowAction action) =>
        action.Router is { HasTargetAppID: true } router ? router.TargetAppID : _context.AppId;

    private static string? PatchMismatch(WorkflowTurn turn, WorkflowResponse response)
    {
        var before = turn.Past.Facts.Patches;
        var now = response.Version?.Patches ?? [];
        return now.Count >= before.Count && before.SequenceEqual(now.Take(before.Count))
            ? null
            : $"Patch mismatch. History patches: [{string.Join(", ", before)}], current patches: [{string.Join(", ", now)}]. ";
    }
}
