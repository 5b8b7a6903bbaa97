using Dapr.Workflow.Protocol;

namespace Dapr.Workflow.Replay;

internal enum OperationKind
{
    Activity,
    Timer,
    ChildWorkflow,
    SentEvent,
    ContinueAsNew,
}

/// <summary>Something the code asked for, under a sequence number of the run.</summary>
internal abstract class ScheduledOperation(OperationKind kind, string name)
{
    private WorkflowAction? _action;

    public OperationKind Kind => kind;

    /// <summary>What is called or sent; empty for a timer.</summary>
    public string Name => name;

    /// <summary>History holds it: the action must not be sent again.</summary>
    public bool IsRecorded { get; set; }

    /// <summary>
    /// The action must not be sent, mostly because its result came before it was asked for; it may still turn up in history then.
    /// </summary>
    public bool IsWithheld { get; set; }

    /// <summary>Histories made by older workers lack it.</summary>
    public virtual bool IsOptional => false;

    /// <summary>Whether a resolution could still let the code go on.</summary>
    public abstract bool IsOpen { get; }

    /// <summary>The action to send; built once, on the first call, so that later changes of an input object are not seen.</summary>
    public WorkflowAction Action => _action ??= CreateAction();

    public virtual void Resolve(HistoryEvent resolution)
    {
    }

    protected abstract WorkflowAction CreateAction();
}
