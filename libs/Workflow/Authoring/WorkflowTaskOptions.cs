namespace Dapr.Workflow;

/// <summary>How an activity is run (Dapr Workflow API).</summary>
/// <param name="RetryPolicy">When a failed call is made again; null is never.</param>
/// <param name="TargetAppId">The app that runs it; null is the workflow's own app.</param>
/// <param name="PropagationScope">How much of the caller's history the callee may read.</param>
public record WorkflowTaskOptions(
    WorkflowRetryPolicy? RetryPolicy = null,
    string? TargetAppId = null,
    HistoryPropagationScope PropagationScope = HistoryPropagationScope.None)
{
    /// <summary>The same options with another propagation scope.</summary>
    /// <param name="scope">How much of the caller's history the callee may read.</param>
    public WorkflowTaskOptions WithHistoryPropagation(HistoryPropagationScope scope) => this with { PropagationScope = scope };
}
