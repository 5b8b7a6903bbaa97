using Dapr.Workflow;
using DaprShop.Orders.Saga.Activities;

namespace DaprShop.Orders.Saga;

/// <summary>
/// Handles a return that the order has accepted: money back, goods back, credit note. It was accepted, so nothing refuses it any more and
/// every step is tried until it is done.
/// </summary>
public sealed class ReturnWorkflow : Workflow<ReturnToHandle, string>
{
    public override async Task<string> RunAsync(WorkflowContext context, ReturnToHandle input)
    {
        string[] steps = [nameof(RefundReturnActivity), nameof(RestockReturnActivity), nameof(CreditReturnActivity)];
        foreach (var step in steps)
        {
            await context.CallActivityAsync<StepResult>(step, input, RetryPolicies.UntilDone);
        }

        return input.ReturnId;
    }
}

/// <summary>Which return of which order.</summary>
public sealed record ReturnToHandle(string OrderId, string ReturnId);
