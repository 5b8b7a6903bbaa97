namespace Dapr.Workflow;

/// <summary>An activity or a child workflow that workflow code awaited has failed (Dapr Workflow API).</summary>
/// <param name="message">What failed.</param>
/// <param name="failureDetails">The failure as the activity or child reported it.</param>
public class WorkflowTaskFailedException(string message, WorkflowTaskFailureDetails failureDetails) : Exception(message)
{
    /// <summary>The failure as the activity or child reported it.</summary>
    public WorkflowTaskFailureDetails FailureDetails { get; } = failureDetails ?? throw new ArgumentNullException(nameof(failureDetails));
}
