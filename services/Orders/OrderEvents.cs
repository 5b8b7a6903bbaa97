using DaprShop.Contracts;
using DaprShop.Orders.Saga;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders;

/// <summary>
/// The service hears its own events. What a request began and a kill interrupted, the outbox's event completes: each handler looks at
/// the order as it is now and does what is still to be done, so events may come twice, late and in any order. From shipping it hears where
/// the goods are.
/// </summary>
public static class OrderEvents
{
    public static void MapTopics(this IEndpointRouteBuilder app)
    {
        app.MapTopic(Topics.Orders)
            .On<OrderCreated>(StartSagaAsync)
            .On<OrderCancellationRequested>(CancelSagaAsync)
            .On<OrderReturnAccepted>(StartReturnAsync);
        app.MapTopic(Topics.Shipping)
            .On<ShipmentStatusChanged>(FollowAsync);
    }

    private static async Task StartSagaAsync(
        CloudEvent<OrderCreated> created, OrderStore orders, OrderSagas sagas, CancellationToken cancellationToken) =>
        await sagas.StartAsync(await orders.GetAsync(created.Data.OrderId, cancellationToken), cancellationToken);

    private static async Task CancelSagaAsync(
        CloudEvent<OrderCancellationRequested> requested, OrderStore orders, OrderSagas sagas, CancellationToken cancellationToken) =>
        await sagas.CancelAsync(await orders.GetAsync(requested.Data.OrderId, cancellationToken), cancellationToken);

    private static Task FollowAsync(CloudEvent<ShipmentStatusChanged> moved, Fulfilment fulfilment, CancellationToken cancellationToken) =>
        fulfilment.FollowAsync(moved.Data, cancellationToken);

    private static async Task StartReturnAsync(
        CloudEvent<OrderReturnAccepted> accepted, OrderStore orders, OrderSagas sagas, CancellationToken cancellationToken)
    {
        var (orderId, returnId, _) = accepted.Data;
        var order = await orders.GetAsync(orderId, cancellationToken);
        if (order.Returns.Any(known => known.Id == returnId && known.CreditedAt is null))
        {
            await sagas.StartReturnAsync(orderId, returnId, cancellationToken);
        }
    }
}
