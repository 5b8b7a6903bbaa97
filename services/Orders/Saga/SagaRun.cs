using Dapr.Workflow;
using DaprShop.Contracts;
using DaprShop.Orders.Domain;
using DaprShop.Orders.Saga.Activities;

namespace DaprShop.Orders.Saga;

/// <summary>
/// One run of the order saga: does steps, remembers how to undo them, and shows where it is as custom status. Only deterministic
/// things happen here, so a replay comes to the same.
/// </summary>
internal sealed class SagaRun(WorkflowContext context, string orderId)
{
    private readonly Task<string> _cancellation = context.WaitForExternalEventAsync<string>(SagaEvents.CancellationRequested);
    private readonly Stack<(string Step, string Activity)> _undos = [];
    private readonly List<SagaStep> _steps = [];
    private bool _begun;

    /// <summary>
    /// Does a step that can be undone. A step that failed, or whose outcome nobody knew in time, has perhaps been done all the same, so it is
    /// undone too.
    /// </summary>
    /// <exception cref="SagaStoppedException">Refused, failed for good, pending for too long, or the customer wants out.</exception>
    public async Task DoAsync(string step, string activity, string undo, TimeSpan patience = default)
    {
        await BeginAsync(step);
        StepResult result;
        try
        {
            result = await WhilePendingAsync(step, activity, patience);
        }
        catch (WorkflowTaskFailedException failure)
        {
            _undos.Push((step, undo));
            throw Stopped(step, SagaOutcomes.Failed, StepResult.TechnicalFailure, failure.FailureDetails.ErrorMessage);
        }

        if (result.IsPending)
        {
            _undos.Push((step, undo));
            await StopIfCancelledAsync();
            throw Stopped(step, SagaOutcomes.Failed, StepResult.StillPending, $"{result.Detail}, still after {patience:g}");
        }

        StopIfRefused(step, result);
        _undos.Push((step, undo));
    }

    /// <summary>Waits until someone approves the order; for so long and no longer.</summary>
    /// <exception cref="SagaStoppedException">Rejected, nobody answered, or the customer wants out.</exception>
    public async Task ApproveAsync(TimeSpan timeout)
    {
        await BeginAsync(Steps.Approve);
        var decision = context.WaitForExternalEventAsync<ApprovalDecision>(SagaEvents.ApprovalDecided, timeout);
        await Task.WhenAny(decision, _cancellation);
        await StopIfCancelledAsync();
        try
        {
            var (approved, by) = await decision;
            StopIfRefused(Steps.Approve, approved ? StepResult.Done(by) : StepResult.Refused("approval-rejected", $"Rejected by {by}"));
        }
        catch (TaskCanceledException)
        {
            throw Stopped(Steps.Approve, SagaOutcomes.Refused, "approval-timeout", $"Nobody approved within {timeout:g}");
        }
    }

    /// <summary>Does the step that decides; tried until there is an answer, because neither way can go on without knowing.</summary>
    /// <exception cref="SagaStoppedException">Refused, or the customer wants out.</exception>
    public async Task DecideAsync(string step, string activity)
    {
        await BeginAsync(step);
        StopIfRefused(step, await context.CallActivityAsync<StepResult>(activity, orderId, RetryPolicies.UntilDone));
    }

    public OrderStatus Completed()
    {
        Show(SagaStates.Completed, _steps[^1].Name);
        return OrderStatus.Confirmed;
    }

    /// <summary>Undoes what was done, last first, each until it succeeds.</summary>
    public async Task CompensateAsync()
    {
        foreach (var (step, activity) in _undos)
        {
            Show(SagaStates.Compensating, step);
            if (await UndoAsync(activity) is { IsRefused: true } refused)
            {
                await UntilSettledAsync(step, activity, refused);
            }

            Note(step, SagaOutcomes.Compensated, null);
        }
    }

    /// <summary>Ends the order as Cancelled with the reason; says what it is now.</summary>
    public async Task<OrderStatus> CancelOrderAsync(SagaStoppedException why)
    {
        var cancellation = new OrderToCancel(orderId, why.Step, why.Code, why.Message);
        var status = await context.CallActivityAsync<OrderStatus>(nameof(CancelOrderActivity), cancellation, RetryPolicies.UntilDone);
        Show(status != OrderStatus.Cancelled ? SagaStates.Completed : _undos.Count == 0 ? SagaStates.Failed : SagaStates.Compensated, why.Step);
        return status;
    }

    /// <summary>Asks again, at growing intervals, while the answer is pending, patience lasts and the customer still wants the order.</summary>
    private async Task<StepResult> WhilePendingAsync(string step, string activity, TimeSpan patience)
    {
        var end = context.CurrentUtcDateTime + patience;
        var pauses = Pauses.ForPayment;
        while (true)
        {
            var result = await context.CallActivityAsync<StepResult>(activity, orderId, RetryPolicies.Patient);
            if (!result.IsPending || _cancellation.IsCompleted || context.CurrentUtcDateTime + pauses.Next > end)
            {
                return result;
            }

            Show(SagaStates.InProgress, step, result.Detail);
            await pauses.WaitAsync(context, _cancellation);
        }
    }

    /// <summary>What cannot be undone by itself needs an operator: the status says so until it is settled.</summary>
    private async Task UntilSettledAsync(string step, string activity, StepResult refused)
    {
        Note(step, SagaOutcomes.Stuck, refused.Detail);
        var pauses = Pauses.ForOperator;
        while (refused.IsRefused)
        {
            Show(SagaStates.Compensating, step, $"needs an operator: {refused.Detail}");
            await pauses.WaitAsync(context);
            refused = await UndoAsync(activity);
        }
    }

    private Task<StepResult> UndoAsync(string activity) => context.CallActivityAsync<StepResult>(activity, orderId, RetryPolicies.UntilDone);

    private async Task BeginAsync(string step)
    {
        await StopIfCancelledAsync();
        Show(_begun ? SagaStates.InProgress : SagaStates.Started, step);
        _begun = true;
    }

    private async Task StopIfCancelledAsync()
    {
        if (_cancellation.IsCompletedSuccessfully)
        {
            throw Stopped(OrderRules.CancelStep, SagaOutcomes.Done, OrderRules.CancelledByCustomer, await _cancellation ?? "");
        }
    }

    private void StopIfRefused(string step, StepResult result)
    {
        if (result.IsRefused)
        {
            var stoppedAt = result.Code == OrderRules.CancelledByCustomer ? OrderRules.CancelStep : step;
            throw Stopped(stoppedAt, SagaOutcomes.Refused, result.Code!, result.Detail!);
        }

        Note(step, SagaOutcomes.Done, result.Detail);
    }

    private SagaStoppedException Stopped(string step, string outcome, string code, string detail)
    {
        Note(step, outcome, detail);
        Show(SagaStates.Failed, step);
        return new SagaStoppedException(step, code, detail);
    }

    private void Note(string step, string outcome, string? detail) =>
        _steps.Add(new SagaStep(step, outcome, detail, new DateTimeOffset(context.CurrentUtcDateTime, TimeSpan.Zero)));

    private void Show(string state, string step, string? detail = null) => context.SetCustomStatus(new SagaStatus(state, step, [.. _steps], detail));
}

/// <summary>The saga cannot go on; <see cref="Exception.Message"/> says why to a human.</summary>
internal sealed class SagaStoppedException(string step, string code, string detail) : Exception(detail)
{
    public string Step => step;

    public string Code => code;
}

/// <summary>The states of <see cref="SagaStatus"/>.</summary>
internal static class SagaStates
{
    public const string Started = "started";
    public const string InProgress = "in_progress";
    public const string Completed = "completed";
    public const string Failed = "failed";
    public const string Compensating = "compensating";
    public const string Compensated = "compensated";
}

/// <summary>The outcomes of a <see cref="SagaStep"/>.</summary>
internal static class SagaOutcomes
{
    public const string Done = "done";
    public const string Refused = "refused";
    public const string Failed = "failed";
    public const string Compensated = "compensated";

    /// <summary>It cannot be undone by itself.</summary>
    public const string Stuck = "stuck";

    /// <summary>An attempt that nobody can tell the outcome of yet.</summary>
    public const string Pending = "pending";
}
