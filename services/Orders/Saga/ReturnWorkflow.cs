using Dapr.Workflow;
using DaprShop.Contracts;
using DaprShop.Orders.Saga.Activities;

namespace DaprShop.Orders.Saga;

/// <summary>
/// Handles a return that the order has accepted: money back, goods back, credit note. It was accepted, so nothing refuses it any more and
/// every step is tried until it is done; money that cannot go back the way it came waits for an operator, and the status says so.
/// </summary>
public sealed class ReturnWorkflow : Workflow<ReturnToHandle, string>
{
    public override async Task<string> RunAsync(WorkflowContext context, ReturnToHandle input)
    {
        string[] steps = [nameof(RefundReturnActivity), nameof(RestockReturnActivity), nameof(CreditReturnActivity)];
        foreach (var step in steps)
        {
            var pauses = Pauses.ForOperator;
            while (await context.CallActivityAsync<StepResult>(step, input, RetryPolicies.UntilDone) is { IsRefused: true } refused)
            {
                context.SetCustomStatus(new SagaStatus(SagaStates.InProgress, step, [], $"needs an operator: {refused.Detail}"));
                await pauses.WaitAsync(context);
            }
        }

        context.SetCustomStatus(new SagaStatus(SagaStates.Completed, steps[^1], []));
        return input.ReturnId;
    }
}

/// <summary>Which return of which order.</summary>
public sealed record ReturnToHandle(string OrderId, string ReturnId);
