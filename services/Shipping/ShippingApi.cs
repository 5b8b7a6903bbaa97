using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.ServiceDefaults;
using DaprShop.Shipping.Domain;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Shipping;

internal static class ShippingApi
{
    public static void MapShipping(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/shipments", Create);
        routes.MapGet("/shipments/{orderId}", Find);
        routes.MapDelete("/shipments/{orderId}", Cancel);
        routes.MapGet("/faults", (FaultSwitch faults) => TypedResults.Ok(faults.Current)).ForStaff();
        routes.MapPut("/faults", SetFaults).ForStaff();
    }

    private static async Task<Results<Ok<ShipmentResponse>, ProblemHttpResult>> Create(
        CreateShipment request, ShipmentStore store, FaultSwitch faults, TimeProvider time, CancellationToken cancellationToken)
    {
        var (address, goods) = Requests.Read(request);
        var carriers = faults.Refuses(request.OrderId) ? [] : Carrier.Contracted;
        var shipment = await store.CreateAsync(
            Shipment.Create(request.OrderId, request.CustomerId, address, goods, carriers, request.WithinDays, time.GetUtcNow()), cancellationToken);
        var units = goods.Sum(consignment => consignment.Units);
        return shipment switch
        {
            { State: ShipmentState.Refused } =>
                ShopResults.Refused(Problems.NoCarrier, $"No carrier takes {units} units to {address.Country} for order {request.OrderId}"),
            { State: ShipmentState.Cancelled } =>
                ShopResults.Conflict(Problems.ShipmentCancelled, $"The shipment of order {request.OrderId} was cancelled"),
            _ when shipment.IsFor(address, units) => TypedResults.Ok(shipment.ToResponse()),
            _ => ShopResults.Conflict(Problems.IdempotencyKeyReused, $"Order {request.OrderId} has another shipment"),
        };
    }

    /// <summary>An order that was refused, or cancelled before it had a parcel, has no shipment.</summary>
    private static async Task<Results<Ok<ShipmentResponse>, ProblemHttpResult>> Find(
        string orderId, Caller caller, ShipmentStore store, CancellationToken cancellationToken) =>
        Identifiers.IsId(orderId)
        && await store.FindAsync(orderId, cancellationToken) is { Parcels.Count: > 0 } shipment && caller.MayActFor(shipment.CustomerId)
            ? TypedResults.Ok(shipment.ToResponse())
            : ShopResults.NotFound($"Order {orderId} has no shipment");

    private static async Task<NoContent> Cancel(string orderId, ShipmentStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Identifiers.IsId(orderId))
        {
            throw new InvalidInputException("orderId", Identifiers.IdRule);
        }

        // An order without a shipment is marked, so that a request which was overtaken creates none.
        var now = time.GetUtcNow();
        await store.ChangeAsync(orderId, shipment => shipment.Cancel(now), cancellationToken, otherwise: () => Shipment.NeverToBe(orderId, now));
        return TypedResults.NoContent();
    }

    private static Ok<ShippingFaults> SetFaults(ShippingFaults request, FaultSwitch faults)
    {
        var errors = new InputErrors();
        errors.Check(request.RefusePercent is >= 0 and <= 100, "refusePercent", "is a percentage from 0 to 100");
        errors.ThrowIfAny();

        faults.Current = request;
        return TypedResults.Ok(request);
    }
}
