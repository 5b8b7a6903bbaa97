using Dapr.Workflow;
using DaprShop.Contracts;
using DaprShop.Orders.Domain;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace DaprShop.Orders.Saga;

/// <summary>
/// Starts the sagas and talks to them. A saga's instance id is its order's id, so starting it twice is starting it once, with one
/// exception: Dapr runs a finished instance again. Three things make that harmless. A saga ends only after its order was saved as
/// Confirmed or Cancelled; whoever starts one looks first and lets an order that is not Pending be; and when the order is
/// settled between the look and the start, the new run's first step sees it and the run ends there, having called no other service.
/// </summary>
public sealed partial class OrderSagas(DaprWorkflowClient workflows, IOptions<OrderOptions> options, ILogger<OrderSagas> logger)
{
    /// <summary>
    /// Does one of the below at once if the sidecar takes it. If not, the order's event does it soon: what was saved is not lost.
    /// </summary>
    public async Task SoonAsync(string orderId, Func<OrderSagas, Task> call)
    {
        try
        {
            await call(this);
        }
        catch (RpcException failure)
        {
            LeftToEvent(orderId, failure.Status.Detail);
        }
    }

    /// <summary>Starts the saga of a Pending order, unless it runs.</summary>
    /// <exception cref="RpcException">The sidecar did not take it.</exception>
    public Task StartAsync(OrderState order, CancellationToken cancellationToken) => order.Status == OrderStatus.Pending
        ? StartOnceAsync(
            nameof(OrderWorkflow),
            order.Id,
            new OrderToFulfil(order.Id, order.Total.Amount > 0, order.RequiresApproval, options.Value.ApprovalTimeout, options.Value.PaymentPatience),
            cancellationToken)
        : Task.CompletedTask;

    /// <summary>Starts the handling of an accepted return, unless it runs. Run again it finds every step done.</summary>
    public Task StartReturnAsync(string orderId, string returnId, CancellationToken cancellationToken) =>
        StartOnceAsync(nameof(ReturnWorkflow), OrderIds.OfReturn(orderId, returnId), new ReturnToHandle(orderId, returnId), cancellationToken);

    /// <summary>Wakes the saga of an order whose cancellation was requested; starts it first, so that there is one to wake.</summary>
    public async Task CancelAsync(OrderState order, CancellationToken cancellationToken)
    {
        if (order is { Status: OrderStatus.Pending, CancellationReason: { } reason })
        {
            await StartAsync(order, cancellationToken);
            await workflows.RaiseEventAsync(order.Id, SagaEvents.CancellationRequested, reason, cancellationToken);
        }
    }

    /// <summary>Hands a decision to the saga of a large order; of several decisions the first counts.</summary>
    public async Task ApproveAsync(OrderState order, ApprovalDecision decision, CancellationToken cancellationToken)
    {
        await StartAsync(order, cancellationToken);
        await workflows.RaiseEventAsync(order.Id, SagaEvents.ApprovalDecided, decision, cancellationToken);
    }

    /// <summary>Where the saga is; null when it has not begun.</summary>
    public Task<SagaResponse?> FindAsync(string orderId, CancellationToken cancellationToken) => FindAsync(orderId, orderId, cancellationToken);

    /// <summary>Where the handling of a return is; null when it has not begun.</summary>
    public Task<SagaResponse?> FindReturnAsync(string orderId, string returnId, CancellationToken cancellationToken) =>
        FindAsync(orderId, OrderIds.OfReturn(orderId, returnId), cancellationToken);

    private async Task<SagaResponse?> FindAsync(string orderId, string instanceId, CancellationToken cancellationToken)
    {
        var state = await workflows.GetWorkflowStateAsync(instanceId, getInputsAndOutputs: true, cancellationToken);
        return state is { Exists: true }
            ? new SagaResponse(
                orderId, state.RuntimeStatus.ToString(), state.ReadCustomStatusAs<SagaStatus>(), await HistoryAsync(instanceId, cancellationToken))
            : null;
    }

    private async Task<IReadOnlyList<SagaHistoryEntry>?> HistoryAsync(string instanceId, CancellationToken cancellationToken)
    {
        try
        {
            return SagaHistory.Of(await workflows.GetInstanceHistoryAsync(instanceId, cancellationToken));
        }
        catch (RpcException)
        {
            // Not every sidecar serves histories; the saga's own status is there all the same.
            return null;
        }
    }

    private async Task StartOnceAsync(string workflow, string instanceId, object input, CancellationToken cancellationToken)
    {
        try
        {
            await workflows.ScheduleNewWorkflowAsync(workflow, instanceId, input, startTime: (DateTimeOffset?)null, cancellationToken);
        }
        catch (RpcException running) when (IsRunningAlready(running))
        {
            // Someone else started it: the request, or an earlier delivery of the event.
        }
    }

    [LoggerMessage(LogLevel.Warning, "The saga of order {OrderId} will hear of it by event: {Reason}")]
    private partial void LeftToEvent(string orderId, string reason);

    // Older sidecars say it with the code Unknown, so the text counts too.
    private static bool IsRunningAlready(RpcException failure) =>
        failure.StatusCode == StatusCode.AlreadyExists || failure.Status.Detail.Contains("already exists", StringComparison.OrdinalIgnoreCase);
}
