using DaprShop.Sidecar.Workflows.Protocol;
using Google.Protobuf.WellKnownTypes;

namespace DaprShop.Sidecar.Workflows;

/// <summary>The events that are not born from an action; their event id is -1.</summary>
internal static class HistoryEvents
{
    public static HistoryEvent WorkflowStarted(Timestamp at) => New(at, e => e.WorkflowStarted = new());

    public static HistoryEvent ExecutionStarted(Timestamp at, string appId, ExecutionStartedEvent started) => New(at, e =>
    {
        e.ExecutionStarted = started;

        // The worker reads its own app id from here.
        e.Router = new TaskRouter { SourceAppID = appId };
    });

    public static HistoryEvent EventRaised(Timestamp at, string name, string? input) =>
        New(at, e => e.EventRaised = new EventRaisedEvent { Name = name, Input = input });

    public static HistoryEvent Terminated(Timestamp at, string? output, bool recurse) =>
        New(at, e => e.ExecutionTerminated = new ExecutionTerminatedEvent { Input = output, Recurse = recurse });

    public static HistoryEvent Suspended(Timestamp at, string? reason) =>
        New(at, e => e.ExecutionSuspended = new ExecutionSuspendedEvent { Input = NullIfEmpty(reason) });

    public static HistoryEvent Resumed(Timestamp at, string? reason) =>
        New(at, e => e.ExecutionResumed = new ExecutionResumedEvent { Input = NullIfEmpty(reason) });

    public static HistoryEvent TimerFired(Timestamp at, int timerId, Timestamp? fireAt) =>
        New(at, e => e.TimerFired = new TimerFiredEvent { TimerId = timerId, FireAt = fireAt });

    public static HistoryEvent Stalled(Timestamp at, StalledReason reason, string description) =>
        New(at, e => e.ExecutionStalled = new ExecutionStalledEvent { Reason = reason, Description = description });

    public static HistoryEvent ActivityEnded(Timestamp at, string appId, string taskExecutionId, ActivityResponse answer) => New(at, e =>
    {
        if (answer.FailureDetails is { } failure)
        {
            e.TaskFailed = new TaskFailedEvent
            {
                TaskScheduledId = answer.TaskId, FailureDetails = failure, TaskExecutionId = taskExecutionId,
            };
        }
        else
        {
            e.TaskCompleted = new TaskCompletedEvent
            {
                TaskScheduledId = answer.TaskId, Result = answer.Result, TaskExecutionId = taskExecutionId,
            };
        }

        e.Router = new TaskRouter { SourceAppID = appId };
    });

    public static HistoryEvent ChildEnded(
        Timestamp at, string appId, string parentAppId, int taskId, ExecutionCompletedEvent end) => New(at, e =>
    {
        if (end.WorkflowStatus == OrchestrationStatus.Completed)
        {
            e.ChildWorkflowInstanceCompleted = new ChildWorkflowInstanceCompletedEvent { TaskScheduledId = taskId, Result = end.Result };
        }
        else
        {
            e.ChildWorkflowInstanceFailed = new ChildWorkflowInstanceFailedEvent
            {
                TaskScheduledId = taskId, FailureDetails = end.FailureDetails,
            };
        }

        e.Router = new TaskRouter { SourceAppID = appId, TargetAppID = parentAppId };
    });

    public static HistoryEvent ChildRefused(Timestamp at, string appId, int taskId, string childId) => New(at, e =>
    {
        e.ChildWorkflowInstanceFailed = new ChildWorkflowInstanceFailedEvent
        {
            TaskScheduledId = taskId,
            FailureDetails = new TaskFailureDetails
            {
                ErrorType = "WorkflowInstanceAlreadyExists",
                ErrorMessage = $"an active workflow with ID '{childId}' already exists",
            },
        };
        e.Router = new TaskRouter { SourceAppID = appId };
    });

    private static HistoryEvent New(Timestamp at, Action<HistoryEvent> fill)
    {
        var e = new HistoryEvent { EventId = -1, Timestamp = at };
        fill(e);
        return e;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
