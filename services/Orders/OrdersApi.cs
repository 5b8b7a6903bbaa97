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
    private const int DefaultPage = 20;
    private const int MaxPage = 100;

    public static void MapOrders(this IEndpointRouteBuilder app)
    {
        var orders = app.MapGroup("/orders");
        orders.MapPost("/", PlaceAsync);
        orders.MapGet("/", ListAsync);
        orders.MapGet("/{id:guid}", GetAsync);
        orders.MapGet("/{id:guid}/invoice", GetInvoiceAsync);
        orders.MapGet("/{id:guid}/saga", GetSagaAsync);
        orders.MapPost("/{id:guid}/cancel", CancelAsync);
        orders.MapPost("/{id:guid}/approval", ApproveAsync).ForStaff();
        orders.MapPost("/{id:guid}/returns", ReturnAsync);
        orders.MapGet("/{id:guid}/returns/{returnId}/saga", GetReturnSagaAsync);
    }

    private static async Task<Results<Accepted<OrderResponse>, ProblemHttpResult>> PlaceAsync(
        PlaceOrder request,
        [FromHeader(Name = PlaceOrderInput.IdempotencyKey)] string? idempotencyKey,
        Caller caller,
        Checkout checkout,
        CancellationToken cancellationToken)
    {
        var order = string.IsNullOrEmpty(request.CustomerId) ? request with { CustomerId = caller.UserId! } : request;
        return caller.MayActFor(order.CustomerId)
            ? Accepted(await checkout.PlaceAsync(order, PlaceOrderInput.CheckKey(idempotencyKey), cancellationToken))
            : ShopResults.Forbidden("customerId: a customer orders for himself");
    }

    private static async Task<Results<Ok<OrderResponse>, ProblemHttpResult>> GetAsync(
        Guid id, Caller caller, OrderStore orders, CancellationToken cancellationToken) =>
        await orders.FindAsync(id.ToString(), caller, cancellationToken) is { } order ? TypedResults.Ok(order.ToResponse()) : NoSuchOrder(id);

    private static async Task<Results<Ok<Page<OrderSummary>>, ProblemHttpResult>> ListAsync(
        string? customerId, string? cursor, int? limit, Caller caller, OrderIndex index, CancellationToken cancellationToken)
    {
        customerId ??= caller.UserId;
        OrderCursor? from = null;
        var errors = new InputErrors();
        errors.Check(Identifiers.IsId(customerId), "customerId", Identifiers.IdRule);
        errors.Check(cursor is null || (from = OrderCursor.Parse(cursor)) is not null, "cursor", "is not one of an earlier page");
        errors.Check(limit is null or (>= 1 and <= MaxPage), "limit", $"is 1 to {MaxPage}");
        errors.ThrowIfAny();
        if (!caller.MayActFor(customerId))
        {
            return ShopResults.NotFound($"There is no customer {customerId}");
        }

        var page = await index.ListAsync(customerId!, from, limit ?? DefaultPage, cancellationToken);
        return TypedResults.Ok(new Page<OrderSummary>([.. page.Items.Select(OrderView.ToSummary)], page.Next));
    }

    private static async Task<Results<Ok<InvoiceDocument>, ProblemHttpResult>> GetInvoiceAsync(
        Guid id, Caller caller, OrderStore orders, CancellationToken cancellationToken)
    {
        var order = await orders.FindAsync(id.ToString(), caller, cancellationToken);
        return order is null ? NoSuchOrder(id)
            : order.ToInvoice() is { } invoice ? TypedResults.Ok(invoice)
            : ShopResults.NotFound($"Order {id} has no invoice: it is {order.Status}");
    }

    private static async Task<Results<Ok<SagaResponse>, ProblemHttpResult>> GetSagaAsync(
        Guid id, Caller caller, OrderStore orders, OrderSagas sagas, CancellationToken cancellationToken) =>
        await orders.FindAsync(id.ToString(), caller, cancellationToken) is not { } order ? NoSuchOrder(id)
        : await sagas.FindAsync(order.Id, cancellationToken) is { } saga ? TypedResults.Ok(saga)
        : TypedResults.Ok(new SagaResponse(order.Id, "Pending", null));

    private static async Task<Results<Ok<SagaResponse>, ProblemHttpResult>> GetReturnSagaAsync(
        Guid id, string returnId, Caller caller, OrderStore orders, OrderSagas sagas, CancellationToken cancellationToken)
    {
        var order = await orders.FindAsync(id.ToString(), caller, cancellationToken);
        return order is null ? NoSuchOrder(id)
            : await sagas.FindReturnAsync(order.Id, returnId, cancellationToken) is { } saga ? TypedResults.Ok(saga)
            : ShopResults.NotFound($"Order {id} has no return {returnId}");
    }

    private static async Task<Results<Accepted<OrderResponse>, ProblemHttpResult>> CancelAsync(
        Guid id, CancelOrder request, Caller caller, OrderStore orders, OrderSagas sagas, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new InputErrors();
        errors.CheckText(request.Reason, "reason", maxLength: 500);
        errors.ThrowIfAny();

        var order = await orders.ChangeAsync(
            id.ToString(), caller, order => order.RequestCancellation(request.Reason, time.GetUtcNow()), cancellationToken);
        if (order is null)
        {
            return NoSuchOrder(id);
        }

        await sagas.SoonAsync(order.Id, saga => saga.CancelAsync(order, cancellationToken));
        return Accepted(order);
    }

    private static async Task<Results<Accepted<OrderResponse>, ProblemHttpResult>> ApproveAsync(
        Guid id, ApprovalDecision decision, Caller caller, OrderStore orders, OrderSagas sagas, CancellationToken cancellationToken)
    {
        // Who decides is who signed in; the body's word counts only where nobody did.
        decision = decision with { By = caller.UserId ?? decision.By };
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
        Caller caller,
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
            id.ToString(), caller, order => order.AcceptReturn(returnId, request.Lines, time.GetUtcNow()), cancellationToken);
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
