using Dapr.Workflow.Abstractions;

namespace Dapr.Workflow;

/// <summary>Which call of which instance an activity runs for (Dapr Workflow API).</summary>
public abstract class WorkflowActivityContext
{
    /// <summary>The activity's name as the workflow called it.</summary>
    public abstract TaskIdentifier Identifier { get; }

    /// <summary>Names this call; the same when the call is delivered again after a crash, another one for each attempt of a retry policy.</summary>
    public abstract string TaskExecutionKey { get; }

    /// <summary>The workflow instance that called.</summary>
    public abstract string InstanceId { get; }
}
