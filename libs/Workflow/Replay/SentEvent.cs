using Dapr.Workflow.Protocol;

namespace Dapr.Workflow.Replay;

/// <summary>An event for another instance; nothing comes back.</summary>
internal sealed class SentEvent(string instanceId, string name, string payload) : ScheduledOperation(OperationKind.SentEvent, name)
{
    public override bool IsOpen => false;

    protected override WorkflowAction CreateAction() => new()
    {
        SendEvent = new SendEventAction { Instance = new WorkflowInstance { InstanceId = instanceId }, Name = Name, Data = payload },
    };
}

/// <summary>The wish to begin anew.</summary>
internal sealed class Continuation(string input, bool keepsEvents) : ScheduledOperation(OperationKind.ContinueAsNew, "")
{
    public bool KeepsEvents => keepsEvents;

    public override bool IsOpen => false;

    protected override WorkflowAction CreateAction() => new()
    {
        CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = OrchestrationStatus.ContinuedAsNew, Result = input },
    };
}
