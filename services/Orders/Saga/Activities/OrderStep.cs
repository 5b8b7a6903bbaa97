using Dapr.Workflow;
using DaprShop.Contracts;
using DaprShop.Orders.Domain;

namespace DaprShop.Orders.Saga.Activities;

/// <summary>
/// A step towards fulfilment. It is only done for an order that is still Pending: should the saga of an order that has ended be started
/// again (the id of a finished workflow is free again), its first step stops it before anything happens.
/// </summary>
public abstract class OrderStep(OrderStore orders) : WorkflowActivity<string, StepResult>
{
    public const string OrderSettled = "order-settled";

    public sealed override async Task<StepResult> RunAsync(WorkflowActivityContext context, string orderId)
    {
        var order = await orders.GetAsync(orderId);
        return order.Status == OrderStatus.Pending
            ? await DoAsync(order)
            : StepResult.Refused(OrderSettled, $"The order is {order.Status} already");
    }

    protected abstract Task<StepResult> DoAsync(OrderState order);

    protected static IReadOnlyList<OrderLineRequest> Units(OrderState order) =>
        [.. order.Lines.Select(line => new OrderLineRequest(line.Sku, line.Quantity))];
}
