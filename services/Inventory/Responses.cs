using DaprShop.Contracts;
using DaprShop.Inventory.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Inventory;

/// <summary>From the domain to the wire.</summary>
internal static class Responses
{
    private const int ShortagesInWords = 5;

    public static StockResponse ToResponse(this Stock stock)
    {
        var (received, onHand, reserved, shipped) = stock.Total();
        return new StockResponse(stock.Sku, received, onHand, reserved, shipped);
    }

    public static WarehouseStock ToResponse(this Shelf shelf) =>
        new(shelf.Warehouse, shelf.Units.Received, shelf.Units.OnHand, shelf.Units.Reserved, shelf.Units.Shipped);

    public static WarehouseResponse ToResponse(this Warehouse warehouse) =>
        new(warehouse.Id, warehouse.Address.ToContract(), warehouse.Location.Latitude, warehouse.Location.Longitude);

    public static PurchaseProposalResponse ToResponse(this PurchaseProposal proposal) =>
        new(proposal.Id, proposal.Sku, proposal.Supplier, proposal.Units, proposal.At);

    public static ReservationResponse ToResponse(this Reservation reservation) => new(
        reservation.OrderId,
        reservation.State switch
        {
            ReservationState.Reserved => ReservationStatus.Reserved,
            ReservationState.Committed => ReservationStatus.Committed,
            ReservationState.Expired => ReservationStatus.Expired,
            _ => ReservationStatus.Released,
        },
        [.. reservation.Lines.Select(line => new OrderLineRequest(line.Sku, line.Units))],
        [.. reservation.Picks.GroupBy(pick => pick.Warehouse).Select(ToPick)],
        reservation.ExpiresAt);

    private static WarehousePick ToPick(IGrouping<string, Pick> picks)
    {
        var (id, address, location) = Warehouse.Find(picks.Key)!;
        return new WarehousePick(
            id, address.City, address.Country, location.Latitude, location.Longitude,
            [.. picks.Select(pick => new OrderLineRequest(pick.Sku, pick.Units))]);
    }

    /// <summary>The answer to a command that did not do what it was meant to.</summary>
    public static ProblemHttpResult ToProblem(this StockOutcome outcome) => outcome switch
    {
        StockOutcome.OutOfStock missing => OutOfStock(missing.Shortages),
        StockOutcome.NotReturnable refused => ShopResults.Refused(Problems.OrderNotReturnable, refused.Reason),
        StockOutcome.Reused reused => ShopResults.Conflict(Problems.IdempotencyKeyReused, reused.Reason),
        StockOutcome.Conflict conflict => ShopResults.Conflict(Problems.ReservationClosed, conflict.Reason),
        StockOutcome.Unknown => ShopResults.NotFound("The order has no reservation"),
        _ => throw new InvalidOperationException($"{outcome} is no problem"),
    };

    private static ProblemHttpResult OutOfStock(IReadOnlyList<Shortage> shortages)
    {
        var words = shortages.Take(ShortagesInWords).Select(line => $"{line.Sku}: {line.Requested} wanted, {line.Available} there");
        var more = shortages.Count > ShortagesInWords ? $"; and {shortages.Count - ShortagesInWords} more" : "";
        return TypedResults.Problem(
            string.Join("; ", words) + more,
            statusCode: StatusCodes.Status422UnprocessableEntity,
            type: Problems.TypeOf(Problems.OutOfStock),
            extensions: new Dictionary<string, object?> { ["shortages"] = shortages });
    }
}
