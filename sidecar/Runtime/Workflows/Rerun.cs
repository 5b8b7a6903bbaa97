using DaprShop.Sidecar.Workflows.Protocol;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Case = DaprShop.Sidecar.Workflows.Protocol.HistoryEvent.EventTypeOneofCase;

namespace DaprShop.Sidecar.Workflows;

/// <summary>
/// A new run of a finished instance that takes over its history up to an activity, timer or child, and does that one again. What else
/// had no result by then is done again too. Pure: the outcome is what the first turn of the new instance commits.
/// </summary>
internal sealed class Rerun
{
    private readonly InstanceKey _source;
    private readonly RerunWorkflowFromEventRequest _request;
    private readonly TurnContext _context;
    private readonly List<HistoryEvent> _events = [];
    private readonly List<ActivityOrder> _activities = [];
    private readonly List<TimerOrder> _timers = [];
    private readonly List<WorkflowMessage> _messages = [];

    private Rerun(InstanceKey source, string instanceId, RerunWorkflowFromEventRequest request, TurnContext context)
    {
        _source = source;
        InstanceId = instanceId;
        _request = request;
        _context = context;
        Info = new RerunParentInstanceInfo { InstanceID = source.InstanceId };
    }

    public string InstanceId { get; }

    private RerunParentInstanceInfo Info { get; }

    /// <summary>The event the new instance starts with, and what its first turn commits.</summary>
    /// <exception cref="DaprApiException">There is no such event, or none that can be done again.</exception>
    public static (HistoryEvent Started, TurnOutcome Outcome) Plan(
        InstanceKey source, IReadOnlyList<HistoryEvent> history, string instanceId, RerunWorkflowFromEventRequest request, TurnContext context)
    {
        var target = history.FirstOrDefault(e => e.EventId == request.EventID && e.EventTypeCase is not Case.ExecutionCompleted)
            ?? throw Missing($"does not have history event with ID '{request.EventID}'");
        if (HistoryFacts.Creates(target) is null)
        {
            throw Missing($"history event with ID '{request.EventID}' is neither an activity nor a timer nor a child workflow");
        }

        if (target.TimerCreated is not null && request.OverwriteInput)
        {
            throw new DaprApiException(400, StatusCode.InvalidArgument, "ERR_WORKFLOW", "a timer has no input that could be overwritten");
        }

        var rerun = new Rerun(source, instanceId, request, context);
        return rerun.Plan(history.TakeWhile(e => e != target).Append(target), target);
    }

    private (HistoryEvent Started, TurnOutcome Outcome) Plan(IEnumerable<HistoryEvent> history, HistoryEvent target)
    {
        var facts = new HistoryFacts();
        var kept = history.Select(e => e.Clone()).ToList();
        kept.ForEach(facts.Add);
        var started = facts.Started!;
        started.ExecutionStarted.WorkflowInstance.InstanceId = InstanceId;
        started.ExecutionStarted.ParentInstance = null;
        foreach (var e in kept)
        {
            if (HistoryFacts.Creates(e) is { } made && !facts.HasResolved(made.Kind, made.Id))
            {
                Repeat(e, started.ExecutionStarted, e.EventId == target.EventId);
            }

            _events.Add(e);
        }

        return (started, new TurnOutcome
        {
            Status = facts.Suspension is null ? OrchestrationStatus.Running : OrchestrationStatus.Suspended,
            Events = _events,
            Activities = _activities,
            Timers = _timers,
            Messages = _messages,
        });
    }

    private void Repeat(HistoryEvent e, ExecutionStartedEvent parent, bool isTarget)
    {
        var (overwrite, createdAt) = (isTarget && _request.OverwriteInput, e.Timestamp);
        e.Timestamp = _context.Timestamp;
        switch (e.EventTypeCase)
        {
            case Case.TaskScheduled:
                e.TaskScheduled.RerunParentInstanceInfo = Info;
                e.TaskScheduled.Input = overwrite ? _request.Input : e.TaskScheduled.Input;
                _activities.Add(new ActivityOrder(e.EventId, AppOf(e), e.TaskScheduled));
                break;
            case Case.TimerCreated:
                e.TimerCreated.RerunParentInstanceInfo = Info;
                Restart(e.EventId, e.TimerCreated, createdAt);
                break;
            default:
                var child = e.ChildWorkflowInstanceCreated;
                child.RerunParentInstanceInfo = Info;
                child.Input = overwrite ? _request.Input : child.Input;
                child.InstanceId = isTarget && _request.HasNewChildWorkflowInstanceID ? _request.NewChildWorkflowInstanceID : _context.NewId();
                _messages.Add(Start(e.EventId, AppOf(e), child, parent));
                break;
        }
    }

    // It runs for as long as it was meant to; a wait without end stays one.
    private void Restart(int timerId, TimerCreatedEvent timer, Timestamp createdAt)
    {
        if (timer.FireAt is not { } asked || asked.ToNanoseconds() is Timestamps.Never)
        {
            if (timer.FireAt is null)
            {
                _timers.Add(new TimerOrder(timerId, 0));
            }

            return;
        }

        timer.FireAt = _context.Timestamp + (asked - createdAt);
        _timers.Add(new TimerOrder(timerId, timer.FireAt.ToNanoseconds()));
    }

    private StartMessage Start(int taskId, string appId, ChildWorkflowInstanceCreatedEvent child, ExecutionStartedEvent parent) => new(
        appId, child.InstanceId, HistoryEvents.ExecutionStarted(_context.Timestamp, appId, new ExecutionStartedEvent
        {
            Name = child.Name,
            Input = child.Input,
            WorkflowInstance = new WorkflowInstance { InstanceId = child.InstanceId, ExecutionId = _context.NewId() },
            ParentInstance = new ParentInstanceInfo
            {
                TaskScheduledId = taskId,
                Name = parent.Name,
                WorkflowInstance = new WorkflowInstance { InstanceId = InstanceId, ExecutionId = parent.WorkflowInstance.ExecutionId },
                AppID = _source.AppId,
            },
            ParentTraceContext = parent.ParentTraceContext,
        }), taskId);

    private string AppOf(HistoryEvent e) => e.Router is { HasTargetAppID: true } router ? router.TargetAppID : _source.AppId;

    private static DaprApiException Missing(string message) => new(404, StatusCode.NotFound, "ERR_WORKFLOW", message);
}
