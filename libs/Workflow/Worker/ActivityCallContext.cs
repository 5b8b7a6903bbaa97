using System.Globalization;
using Dapr.Workflow.Abstractions;
using Dapr.Workflow.Protocol;

namespace Dapr.Workflow.Worker;

/// <summary>The context of one call of an activity.</summary>
internal sealed class ActivityCallContext(ActivityRequest request) : WorkflowActivityContext
{
    public override TaskIdentifier Identifier { get; } = new(request.Name);

    // Not every worker gives its calls a key; the number is one as long as the instance does not continue as new.
    public override string TaskExecutionKey { get; } =
        string.IsNullOrEmpty(request.TaskExecutionId) ? request.TaskId.ToString(CultureInfo.InvariantCulture) : request.TaskExecutionId;

    public override string InstanceId { get; } = request.WorkflowInstance?.InstanceId ?? "";
}
