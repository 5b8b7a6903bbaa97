using DaprShop.Contracts;
using DaprShop.Inventory.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Inventory;

/// <summary>From the domain to the wire.</summary>
internal static class Responses
{
    private const int ShortagesInWords = 5;

    public static StockResponse ToResponse(this Stock stock) => new(stock.Sku, stock.Received, stock.OnHand, stock.Reserved, stock.Shipped);

    public static ReservationResponse ToResponse(this Reservation reservation) => new(
        reservation.OrderId,
        reservation.State switch
        {
            ReservationState.Reserved => ReservationStatus.Reserved,
            ReservationState.Committed => ReservationStatus.Committed,
            _ => ReservationStatus.Released,
        },
        [.. reservation.Lines.Select(line => new OrderLineRequest(line.Sku, line.Units))]);

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
