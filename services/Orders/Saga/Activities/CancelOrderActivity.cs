using Dapr.Workflow;
using DaprShop.Contracts;

namespace DaprShop.Orders.Saga.Activities;

/// <summary>Ends a Pending order as Cancelled; says what the order is afterwards.</summary>
public sealed class CancelOrderActivity(OrderStore orders, TimeProvider time) : WorkflowActivity<OrderToCancel, OrderStatus>
{
    public override async Task<OrderStatus> RunAsync(WorkflowActivityContext context, OrderToCancel input)
    {
        var order = await orders.ChangeAsync(input.OrderId, order =>
        {
            if (order.Status == OrderStatus.Pending)
            {
                order.Cancel(input.Step, input.Code, input.Detail, time.GetUtcNow());
            }
        });
        return order?.Status ?? throw new InvalidOperationException($"Order {input.OrderId} is not in the store");
    }
}

/// <summary>Which order, and why.</summary>
public sealed record OrderToCancel(string OrderId, string Step, string Code, string Detail);
