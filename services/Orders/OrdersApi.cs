using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Orders.Domain;
using DaprShop.Orders.Saga;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace DaprShop.Orders;

/// <summary>The service's routes. What takes time is accepted (202) and done by a saga.</summary>
public static class OrdersApi
{
    public static void MapOrders(this IEndpointRouteBuilder app)
    {
        var orders = app.MapGroup("/orders");
        orders.MapPost("/", PlaceAsync);
        orders.MapGet("/{id:guid}", GetAsync);
        orders.MapGet("/{id:guid}/saga", GetSagaAsync);
        orders.MapPost("/{id:guid}/cancel", CancelAsync);
        orders.MapPost("/{id:guid}/approval", ApproveAsync);
        orders.MapPost("/{id:guid}/returns", ReturnAsync);
    }

    private static async Task<Accepted<OrderResponse>> PlaceAsync(
        PlaceOrder request,
        [FromHeader(Name = PlaceOrderInput.IdempotencyKey)] string? idempotencyKey,
        Checkout checkout,
        CancellationToken cancellationToken) =>
        Accepted(await checkout.PlaceAsync(request, PlaceOrderInput.CheckKey(idempotencyKey), cancellationToken));

    private static async Task<Results<Ok<OrderResponse>, ProblemHttpResult>> GetAsync(
        Guid id, OrderStore orders, CancellationToken cancellationToken) =>
        await orders.FindAsync(id.ToString(), cancellationToken) is { } order ? TypedResults.Ok(order.ToResponse()) : NoSuchOrder(id);

    private static async Task<Results<Ok<SagaResponse>, ProblemHttpResult>> GetSagaAsync(
        Guid id, OrderStore orders, OrderSagas sagas, CancellationToken cancellationToken)
    {
        if (await sagas.FindAsync(id.ToString(), cancellationToken) is { } saga)
        {
            return TypedResults.Ok(saga);
        }

        return await orders.FindAsync(id.ToString(), cancellationToken) is { } order
            ? TypedResults.Ok(new SagaResponse(order.Id, "Pending", null))
            : NoSuchOrder(id);
    }

    private static async Task<Results<Accepted<OrderResponse>, ProblemHttpResult>> CancelAsync(
        Guid id, CancelOrder request, OrderStore orders, OrderSagas sagas, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new InputErrors();
        errors.CheckText(request.Reason, "reason", maxLength: 500);
        errors.ThrowIfAny();

        var order = await orders.ChangeAsync(id.ToString(), order => order.RequestCancellation(request.Reason, time.GetUtcNow()), cancellationToken);
        if (order is null)
        {
            return NoSuchOrder(id);
        }

        await sagas.SoonAsync(order.Id, saga => saga.CancelAsync(order, cancellationToken));
        return Accepted(order);
    }

    private static async Task<Results<Accepted<OrderResponse>, ProblemHttpResult>> ApproveAsync(
        Guid id, ApprovalDecision decision, OrderStore orders, OrderSagas sagas, CancellationToken cancellationToken)
    {
        var errors = new InputErrors();
        errors.CheckText(decision.By, "by", maxLength: 100);
        errors.ThrowIfAny();

        var order = await orders.FindAsync(id.ToString(), cancellationToken);
        if (order is null)
        {
            return NoSuchOrder(id);
        }

        if (order is not { Status: OrderStatus.Pending, RequiresApproval: true })
        {
            return ShopResults.Conflict("order-not-awaiting-approval", "The order does not wait for an approval");
        }

        await sagas.ApproveAsync(order, decision, cancellationToken);
        return Accepted(order);
    }

    private static async Task<Results<Accepted<OrderResponse>, ProblemHttpResult>> ReturnAsync(
        Guid id,
        ReturnOrder request,
        [FromHeader(Name = PlaceOrderInput.IdempotencyKey)] string? idempotencyKey,
        OrderStore orders,
        OrderSagas sagas,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var errors = new InputErrors();
        errors.Check(Identifiers.IsId(idempotencyKey), PlaceOrderInput.IdempotencyKey, Identifiers.IdRule);
        PlaceOrderInput.CheckLines(errors, "lines", request.Lines, int.MaxValue);
        errors.ThrowIfAny();

        var returnId = idempotencyKey!;
        var order = await orders.ChangeAsync(
            id.ToString(), order => order.AcceptReturn(returnId, request.Lines, time.GetUtcNow()), cancellationToken);
        if (order is null)
        {
            return NoSuchOrder(id);
        }

        await sagas.SoonAsync(order.Id, saga => saga.StartReturnAsync(order.Id, returnId, cancellationToken));
        return Accepted(order);
    }

    private static Accepted<OrderResponse> Accepted(OrderState order) => TypedResults.Accepted($"/orders/{order.Id}", order.ToResponse());

    private static ProblemHttpResult NoSuchOrder(Guid id) => ShopResults.NotFound($"There is no order {id}");
}
