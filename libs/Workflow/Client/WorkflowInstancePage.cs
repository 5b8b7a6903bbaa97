namespace Dapr.Workflow.Client;

/// <summary>A page of instance ids (Dapr Workflow API).</summary>
/// <param name="InstanceIds">The ids.</param>
/// <param name="ContinuationToken">Asks for the next page; null on the last one.</param>
public sealed record WorkflowInstancePage(IReadOnlyList<string> InstanceIds, string? ContinuationToken);
