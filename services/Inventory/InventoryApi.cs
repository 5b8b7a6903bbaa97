using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Inventory.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace DaprShop.Inventory;

internal static class InventoryApi
{
    public static void MapInventory(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/warehouses", () => TypedResults.Ok(Warehouse.Operated.Select(warehouse => warehouse.ToResponse()))).ForStaff();
        routes.MapGet("/inventory/restocking", FindProposals).ForStaff();
        routes.MapGet("/inventory/{sku}", FindStock);
        routes.MapGet("/inventory/{sku}/warehouses", FindShelves).ForStaff();
        routes.MapPost("/inventory/{sku}/deliveries", Receive).ForStaff();

        routes.MapPost("/reservations", Reserve);
        routes.MapGet("/reservations/{orderId}", FindReservation);
        routes.MapDelete("/reservations/{orderId}", Release);
        routes.MapPost("/reservations/{orderId}/commit", Commit);
        routes.MapPost("/reservations/{orderId}/returns", TakeBack);
    }

    private static async Task<Results<Ok<StockResponse>, ProblemHttpResult>> FindStock(
        string sku, StockStore store, CancellationToken cancellationToken) =>
        Identifiers.IsSku(sku) && await store.FindStockAsync(sku, cancellationToken) is { } stock
            ? TypedResults.Ok(stock.ToResponse())
            : ShopResults.NotFound($"There never was any {sku}");

    private static async Task<Results<Ok<IEnumerable<WarehouseStock>>, ProblemHttpResult>> FindShelves(
        string sku, StockStore store, CancellationToken cancellationToken) =>
        Identifiers.IsSku(sku) && await store.FindStockAsync(sku, cancellationToken) is { } stock
            ? TypedResults.Ok(stock.Shelves.Select(shelf => shelf.ToResponse()))
            : ShopResults.NotFound($"There never was any {sku}");

    private static async Task<Ok<IEnumerable<PurchaseProposalResponse>>> FindProposals(StockStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok((await store.FindProposalsAsync(cancellationToken)).Select(proposal => proposal.ToResponse()));

    private static async Task<Results<Ok<StockResponse>, ProblemHttpResult>> Receive(
        string sku, ReceiveDelivery request, StockWriter writer, CancellationToken cancellationToken)
    {
        var outcome = await writer.ApplyAsync(new ReceiveGoods(Requests.Read(sku, request)), cancellationToken);
        return outcome is StockOutcome.Delivered delivered ? TypedResults.Ok(delivered.Stock.ToResponse()) : outcome.ToProblem();
    }

    private static Task<Results<Ok<ReservationResponse>, ProblemHttpResult>> Reserve(
        ReserveStock request, StockWriter writer, IOptions<InventoryOptions> options, CancellationToken cancellationToken) =>
        SettleAsync(Requests.Read(request, options.Value.HoldFor), writer, cancellationToken);

    /// <summary>What an order holds or held; an order that was refused its goods has no reservation.</summary>
    private static async Task<Results<Ok<ReservationResponse>, ProblemHttpResult>> FindReservation(
        string orderId, StockStore store, CancellationToken cancellationToken) =>
        Identifiers.IsId(orderId)
        && await store.FindReservationAsync(orderId, cancellationToken) is { State: not ReservationState.Refused } reservation
            ? TypedResults.Ok(reservation.ToResponse())
            : ShopResults.NotFound($"Order {orderId} has no reservation");

    private static async Task<Results<NoContent, ProblemHttpResult>> Release(
        string orderId, StockWriter writer, CancellationToken cancellationToken)
    {
        Requests.CheckOrderId(orderId);
        var outcome = await writer.ApplyAsync(new ReleaseReservation(orderId), cancellationToken);
        return outcome is StockOutcome.Settled ? TypedResults.NoContent() : outcome.ToProblem();
    }

    private static Task<Results<Ok<ReservationResponse>, ProblemHttpResult>> Commit(
        string orderId, StockWriter writer, CancellationToken cancellationToken)
    {
        Requests.CheckOrderId(orderId);
        return SettleAsync(new CommitReservation(orderId), writer, cancellationToken);
    }

    private static Task<Results<Ok<ReservationResponse>, ProblemHttpResult>> TakeBack(
        string orderId, ReturnStock request, StockWriter writer, CancellationToken cancellationToken)
    {
        Requests.CheckOrderId(orderId);
        return SettleAsync(new TakeBackLines(orderId, Requests.Read(request)), writer, cancellationToken);
    }

    private static async Task<Results<Ok<ReservationResponse>, ProblemHttpResult>> SettleAsync(
        StockCommand command, StockWriter writer, CancellationToken cancellationToken)
    {
        var outcome = await writer.ApplyAsync(command, cancellationToken);
        return outcome is StockOutcome.Settled settled ? TypedResults.Ok(settled.Reservation.ToResponse()) : outcome.ToProblem();
    }
}
