using Dapr.Workflow.Protocol;

namespace Dapr.Workflow.Replay;

/// <summary>Reads the history that ancestors handed down.</summary>
internal static class PropagatedHistoryReader
{
    public static PropagatedHistory? Read(Protocol.PropagatedHistory? handedDown) => handedDown is null
        ? null
        : new PropagatedHistory([.. handedDown.Chunks.Select(chunk => new PropagatedHistoryEntry(
            chunk.AppId, chunk.InstanceId, chunk.WorkflowName, [.. chunk.RawEvents.Select(raw => Read(HistoryEvent.Parser.ParseFrom(raw)))]))]);

    private static PropagatedHistoryEvent Read(HistoryEvent e) =>
        new(e.EventId, KindOf(e.EventTypeCase), e.Timestamp?.ToDateTimeOffset() ?? default);

    private static HistoryEventKind KindOf(HistoryEvent.EventTypeOneofCase kind) => kind switch
    {
        HistoryEvent.EventTypeOneofCase.ExecutionStarted => HistoryEventKind.ExecutionStarted,
        HistoryEvent.EventTypeOneofCase.ExecutionCompleted => HistoryEventKind.ExecutionCompleted,
        HistoryEvent.EventTypeOneofCase.ExecutionTerminated => HistoryEventKind.ExecutionTerminated,
        HistoryEvent.EventTypeOneofCase.TaskScheduled => HistoryEventKind.TaskScheduled,
        HistoryEvent.EventTypeOneofCase.TaskCompleted => HistoryEventKind.TaskCompleted,
        HistoryEvent.EventTypeOneofCase.TaskFailed => HistoryEventKind.TaskFailed,
        HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated => HistoryEventKind.SubOrchestrationInstanceCreated,
        HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCompleted => HistoryEventKind.SubOrchestrationInstanceCompleted,
        HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceFailed => HistoryEventKind.SubOrchestrationInstanceFailed,
        HistoryEvent.EventTypeOneofCase.TimerCreated => HistoryEventKind.TimerCreated,
        HistoryEvent.EventTypeOneofCase.TimerFired => HistoryEventKind.TimerFired,
        HistoryEvent.EventTypeOneofCase.WorkflowStarted => HistoryEventKind.OrchestratorStarted,
        HistoryEvent.EventTypeOneofCase.WorkflowCompleted => HistoryEventKind.OrchestratorCompleted,
        HistoryEvent.EventTypeOneofCase.EventSent => HistoryEventKind.EventSent,
        HistoryEvent.EventTypeOneofCase.EventRaised => HistoryEventKind.EventRaised,
        HistoryEvent.EventTypeOneofCase.ContinueAsNew => HistoryEventKind.ContinueAsNew,
        HistoryEvent.EventTypeOneofCase.ExecutionSuspended => HistoryEventKind.ExecutionSuspended,
        HistoryEvent.EventTypeOneofCase.ExecutionResumed => HistoryEventKind.ExecutionResumed,
        _ => HistoryEventKind.Unknown,
    };
}
