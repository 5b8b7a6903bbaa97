using Dapr.Workflow.Protocol;
using Google.Protobuf.WellKnownTypes;

namespace Dapr.Workflow.Replay;

/// <summary>A durable timer the code awaits.</summary>
internal sealed class TimerOperation(CreateTimerAction timer) : ScheduledOperation(OperationKind.Timer, "")
{
    private readonly TaskCompletionSource _completion = new();

    public Task Task => _completion.Task;

    public override bool IsOpen => !Task.IsCompleted;

    public override void Resolve(HistoryEvent resolution) => _completion.TrySetResult();

    public void Cancel(CancellationToken cancellationToken) => _completion.TrySetCanceled(cancellationToken);

    protected override WorkflowAction CreateAction() => new() { CreateTimer = timer };
}

/// <summary>The timer that ends a wait for an external event. Once the wait is over, it no longer matters.</summary>
internal sealed class EventTimeout(EventWait wait, string eventName, Timestamp fireAt) : ScheduledOperation(OperationKind.Timer, "")
{
    /// <summary>When a wait without end "times out": the last nanosecond of the year 9999.</summary>
    public static Timestamp Never { get; } = new() { Seconds = 253402300799, Nanos = 999999999 };

    // Workers did not always create a timer for a wait without end.
    public override bool IsOptional => fireAt.Equals(Never);

    public override bool IsOpen => wait.IsOpen;

    public override void Resolve(HistoryEvent resolution) => wait.Cancel();

    protected override WorkflowAction CreateAction() => new()
    {
        CreateTimer = new CreateTimerAction { FireAt = fireAt, ExternalEvent = new TimerOriginExternalEvent { Name = eventName } },
    };
}
