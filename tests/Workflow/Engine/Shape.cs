using DaprShop.Sidecar.Workflows.Protocol;
using Case = DaprShop.Sidecar.Workflows.Protocol.HistoryEvent.EventTypeOneofCase;

namespace DaprShop.Workflow.Tests.Engine;

/// <summary>A list of events in short: <c>WS ES TS#0 WS TC(0) EC(Completed)</c>.</summary>
internal static class Shape
{
    public static string Of(IEnumerable<HistoryEvent> events) => string.Join(' ', events.Select(Of));

    private static string Of(HistoryEvent e) => e.EventTypeCase switch
    {
        Case.WorkflowStarted => "WS",
        Case.ExecutionStarted => "ES",
        Case.ExecutionCompleted => $"EC({e.ExecutionCompleted.WorkflowStatus})",
        Case.ExecutionTerminated => "TERM",
        Case.ExecutionSuspended => "SUSP",
        Case.ExecutionResumed => "RES",
        Case.ExecutionStalled => "STL",
        Case.TaskScheduled => $"TS#{e.EventId}",
        Case.TaskCompleted => $"TC({e.TaskCompleted.TaskScheduledId})",
        Case.TaskFailed => $"TF({e.TaskFailed.TaskScheduledId})",
        Case.TimerCreated => $"TMC#{e.EventId}",
        Case.TimerFired => $"TMF({e.TimerFired.TimerId})",
        Case.ChildWorkflowInstanceCreated => $"CC#{e.EventId}",
        Case.ChildWorkflowInstanceCompleted => $"CD({e.ChildWorkflowInstanceCompleted.TaskScheduledId})",
        Case.ChildWorkflowInstanceFailed => $"CF({e.ChildWorkflowInstanceFailed.TaskScheduledId})",
        Case.EventRaised => $"ER({e.EventRaised.Name})",
        Case.EventSent => $"EVS#{e.EventId}",
        _ => e.EventTypeCase.ToString(),
    };
}
