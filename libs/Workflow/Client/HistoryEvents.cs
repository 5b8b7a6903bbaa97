using Dapr.Workflow.Protocol;
using Dapr.Workflow.Replay;
using Happened = Dapr.Workflow.Protocol.HistoryEvent.EventTypeOneofCase;

namespace Dapr.Workflow.Client;

/// <summary>History events as the client shows them.</summary>
internal static class HistoryEvents
{
    public static WorkflowHistoryEvent ToPublic(this HistoryEvent e) => e.EventTypeCase switch
    {
        Happened.ExecutionStarted => Of(e, WorkflowHistoryEventType.ExecutionStarted, e.ExecutionStarted.Name, e.ExecutionStarted.Input),
        Happened.ExecutionCompleted => Ended(
            e, WorkflowHistoryEventType.ExecutionCompleted, null, e.ExecutionCompleted.Result, e.ExecutionCompleted.FailureDetails),
        Happened.ExecutionTerminated => Of(e, WorkflowHistoryEventType.ExecutionTerminated, data: e.ExecutionTerminated.Input),
        Happened.TaskScheduled => Of(e, WorkflowHistoryEventType.TaskScheduled, e.TaskScheduled.Name, e.TaskScheduled.Input),
        Happened.TaskCompleted => Ended(
            e, WorkflowHistoryEventType.TaskCompleted, e.TaskCompleted.TaskScheduledId, e.TaskCompleted.Result),
        Happened.TaskFailed => Ended(
            e, WorkflowHistoryEventType.TaskFailed, e.TaskFailed.TaskScheduledId, failure: e.TaskFailed.FailureDetails),
        Happened.ChildWorkflowInstanceCreated => Of(
            e, WorkflowHistoryEventType.SubOrchestrationInstanceCreated, e.ChildWorkflowInstanceCreated.Name, e.ChildWorkflowInstanceCreated.Input),
        Happened.ChildWorkflowInstanceCompleted => Ended(
            e,
            WorkflowHistoryEventType.SubOrchestrationInstanceCompleted,
            e.ChildWorkflowInstanceCompleted.TaskScheduledId,
            e.ChildWorkflowInstanceCompleted.Result),
        Happened.ChildWorkflowInstanceFailed => Ended(
            e,
            WorkflowHistoryEventType.SubOrchestrationInstanceFailed,
            e.ChildWorkflowInstanceFailed.TaskScheduledId,
            failure: e.ChildWorkflowInstanceFailed.FailureDetails),
        Happened.TimerCreated => Of(e, WorkflowHistoryEventType.TimerCreated, NameOf(e.TimerCreated)),
        Happened.TimerFired => Ended(e, WorkflowHistoryEventType.TimerFired, e.TimerFired.TimerId),
        Happened.WorkflowStarted => Of(e, WorkflowHistoryEventType.OrchestratorStarted),
        Happened.WorkflowCompleted => Of(e, WorkflowHistoryEventType.OrchestratorCompleted),
        Happened.EventSent => Of(e, WorkflowHistoryEventType.EventSent, e.EventSent.Name, e.EventSent.Input),
        Happened.EventRaised => Of(e, WorkflowHistoryEventType.EventRaised, e.EventRaised.Name, e.EventRaised.Input),
        Happened.ContinueAsNew => Of(e, WorkflowHistoryEventType.ContinueAsNew, data: e.ContinueAsNew.Input),
        Happened.ExecutionSuspended => Of(e, WorkflowHistoryEventType.ExecutionSuspended, data: e.ExecutionSuspended.Input),
        Happened.ExecutionResumed => Of(e, WorkflowHistoryEventType.ExecutionResumed, data: e.ExecutionResumed.Input),
        Happened.ExecutionStalled => Of(e, WorkflowHistoryEventType.ExecutionStalled, data: e.ExecutionStalled.Description),
        _ => Of(e, WorkflowHistoryEventType.Unknown),
    };

    private static WorkflowHistoryEvent Of(HistoryEvent e, WorkflowHistoryEventType type, string? name = null, string? data = null) =>
        new(e.EventId, type, e.Timestamp?.ToDateTime() ?? default) { Name = name, Data = data };

    private static WorkflowHistoryEvent Ended(
        HistoryEvent e, WorkflowHistoryEventType type, int? scheduledId, string? result = null, TaskFailureDetails? failure = null) =>
        Of(e, type, data: result) with { ScheduledId = scheduledId, FailureDetails = failure is null ? null : Failures.ToPublic(failure) };

    private static string? NameOf(TimerCreatedEvent timer) => timer switch
    {
        { ExternalEvent: { } wait } => wait.Name,
        { HasName: true } => timer.Name,
        _ => null,
    };
}
