using Dapr.Workflow;

namespace DaprShop.Orders.Saga;

/// <summary>
/// How technical failures are retried. Fixed, not configured: a replay must come to the same decisions as the first run. All services
/// recognise a repeated call by the order id.
/// </summary>
internal static class RetryPolicies
{
    /// <summary>For a step that may be given up and undone: about eight minutes.</summary>
    public static WorkflowTaskOptions Patient { get; } = new(new WorkflowRetryPolicy(
        maxNumberOfAttempts: 20, firstRetryInterval: TimeSpan.FromMilliseconds(500), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromSeconds(30)));

    /// <summary>For a step that must come to its end, however long it takes.</summary>
    public static WorkflowTaskOptions UntilDone { get; } = new(new WorkflowRetryPolicy(
        maxNumberOfAttempts: int.MaxValue, firstRetryInterval: TimeSpan.FromMilliseconds(500), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromSeconds(30)));
}
