namespace Dapr.Workflow;

/// <summary>How a child workflow is run (Dapr Workflow API).</summary>
/// <param name="InstanceId">The child's id, used for every attempt; null makes an own one for each attempt.</param>
/// <param name="RetryPolicy">When a failed child is started again; null is never.</param>
/// <param name="TargetAppId">The app that runs it; null is the workflow's own app.</param>
/// <param name="PropagationScope">How much of the parent's history the child may read.</param>
public record ChildWorkflowTaskOptions(
    string? InstanceId = null,
    WorkflowRetryPolicy? RetryPolicy = null,
    string? TargetAppId = null,
    HistoryPropagationScope PropagationScope = HistoryPropagationScope.None)
    : WorkflowTaskOptions(RetryPolicy, TargetAppId, PropagationScope)
{
    /// <summary>The same options with another propagation scope.</summary>
    /// <param name="scope">How much of the parent's history the child may read.</param>
    public new ChildWorkflowTaskOptions WithHistoryPropagation(HistoryPropagationScope scope) => this with { PropagationScope = scope };
}
