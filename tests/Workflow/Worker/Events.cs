using Dapr.Workflow.Protocol;

namespace DaprShop.Workflow.Tests.Worker;

/// <summary>History events by the short names of the protocol.</summary>
internal static class Events
{
    public static HistoryEvent Started(string name, string? input, string instanceId, string? executionId) => New(new HistoryEvent
    {
        ExecutionStarted = new ExecutionStartedEvent
        {
            Name = name,
            Input = input,
            WorkflowInstance = new WorkflowInstance { InstanceId = instanceId, ExecutionId = executionId },
        },
        Router = new TaskRouter { SourceAppID = "orders" },
    });

    public static HistoryEvent TurnStarted(params string[] patches) => New(new HistoryEvent
    {
        WorkflowStarted = new WorkflowStartedEvent { Version = patches.Length == 0 ? null : new WorkflowVersion { Patches = { patches } } },
    });

    public static HistoryEvent TaskScheduled(int id, string name) =>
        New(new HistoryEvent { TaskScheduled = new TaskScheduledEvent { Name = name } }, id);

    public static HistoryEvent TaskCompleted(int id, string? result = null) =>
        New(new HistoryEvent { TaskCompleted = new TaskCompletedEvent { TaskScheduledId = id, Result = result } });

    public static HistoryEvent TaskFailed(int id, string type, string message, bool isNonRetriable = false) => New(new HistoryEvent
    {
        TaskFailed = new TaskFailedEvent
        {
            TaskScheduledId = id,
            FailureDetails = new TaskFailureDetails { ErrorType = type, ErrorMessage = message, IsNonRetriable = isNonRetriable },
        },
    });

    public static HistoryEvent TimerCreated(int id) => New(new HistoryEvent { TimerCreated = new TimerCreatedEvent() }, id);

    public static HistoryEvent TimerFired(int id) => New(new HistoryEvent { TimerFired = new TimerFiredEvent { TimerId = id } });

    public static HistoryEvent ChildCompleted(int id, string? result) =>
        New(new HistoryEvent { ChildWorkflowInstanceCompleted = new ChildWorkflowInstanceCompletedEvent { TaskScheduledId = id, Result = result } });

    public static HistoryEvent ChildFailed(int id, TaskFailureDetails? details) => New(new HistoryEvent
    {
        ChildWorkflowInstanceFailed = new ChildWorkflowInstanceFailedEvent { TaskScheduledId = id, FailureDetails = details },
    });

    public static HistoryEvent Raised(string name, string? payload = null) =>
        New(new HistoryEvent { EventRaised = new EventRaisedEvent { Name = name, Input = payload } });

    public static HistoryEvent Terminated(string? output = null) =>
        New(new HistoryEvent { ExecutionTerminated = new ExecutionTerminatedEvent { Input = output } });

    public static HistoryEvent Suspended() => New(new HistoryEvent { ExecutionSuspended = new ExecutionSuspendedEvent() });

    public static HistoryEvent Resumed() => New(new HistoryEvent { ExecutionResumed = new ExecutionResumedEvent() });

    private static HistoryEvent New(HistoryEvent e, int id = -1)
    {
        e.EventId = id;
        return e;
    }
}
