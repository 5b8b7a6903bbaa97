using Dapr.Workflow.Protocol;
using Happened = Dapr.Workflow.Protocol.HistoryEvent.EventTypeOneofCase;

namespace Dapr.Workflow.Client;

/// <summary>History events as the client shows them.</summary>
internal static class HistoryEventTypes
{
    public static WorkflowHistoryEvent ToPublic(this HistoryEvent e) =>
        new(e.EventId, TypeOf(e.EventTypeCase), e.Timestamp?.ToDateTime() ?? default);

    private static WorkflowHistoryEventType TypeOf(Happened happened) => happened switch
    {
        Happened.ExecutionStarted => WorkflowHistoryEventType.ExecutionStarted,
        Happened.ExecutionCompleted => WorkflowHistoryEventType.ExecutionCompleted,
        Happened.ExecutionTerminated => WorkflowHistoryEventType.ExecutionTerminated,
        Happened.TaskScheduled => WorkflowHistoryEventType.TaskScheduled,
        Happened.TaskCompleted => WorkflowHistoryEventType.TaskCompleted,
        Happened.TaskFailed => WorkflowHistoryEventType.TaskFailed,
        Happened.ChildWorkflowInstanceCreated => WorkflowHistoryEventType.SubOrchestrationInstanceCreated,
        Happened.ChildWorkflowInstanceCompleted => WorkflowHistoryEventType.SubOrchestrationInstanceCompleted,
        Happened.ChildWorkflowInstanceFailed => WorkflowHistoryEventType.SubOrchestrationInstanceFailed,
        Happened.TimerCreated => WorkflowHistoryEventType.TimerCreated,
        Happened.TimerFired => WorkflowHistoryEventType.TimerFired,
        Happened.WorkflowStarted => WorkflowHistoryEventType.OrchestratorStarted,
        Happened.WorkflowCompleted => WorkflowHistoryEventType.OrchestratorCompleted,
        Happened.EventSent => WorkflowHistoryEventType.EventSent,
        Happened.EventRaised => WorkflowHistoryEventType.EventRaised,
        Happened.ContinueAsNew => WorkflowHistoryEventType.ContinueAsNew,
        Happened.ExecutionSuspended => WorkflowHistoryEventType.ExecutionSuspended,
        Happened.ExecutionResumed => WorkflowHistoryEventType.ExecutionResumed,
        Happened.ExecutionStalled => WorkflowHistoryEventType.ExecutionStalled,
        _ => WorkflowHistoryEventType.Unknown,
    };
}
