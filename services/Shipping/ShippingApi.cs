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
        routes.MapGet("/faults", (FaultSwitch faults) => TypedResults.Ok(faults.Current));
        routes.MapPut("/faults", SetFaults);
    }

    private static async Task<Results<Ok<ShipmentResponse>, ProblemHttpResult>> Create(
        CreateShipment request, ShipmentStore store, FaultSwitch faults, TimeProvider time, CancellationToken cancellationToken)
    {
        var (address, units) = Read(request);
        var carriers = faults.Refuses(request.OrderId) ? [] : Carrier.Contracted;
        var shipment = await store.CreateAsync(
            Shipment.Create(request.OrderId, address, units, carriers, time.GetUtcNow()), cancellationToken);
        return shipment switch
        {
            { State: ShipmentState.Refused } =>
                ShopResults.Refused(Problems.NoCarrier, $"No carrier takes {units} units to {address.Country} for order {request.OrderId}"),
            { State: ShipmentState.Cancelled } =>
                ShopResults.Conflict(Problems.ShipmentCancelled, $"The shipment of order {request.OrderId} was cancelled"),
            { Parcel: { } parcel } when shipment.IsFor(address, units) => TypedResults.Ok(ToResponse(shipment, parcel)),
            _ => ShopResults.Conflict(Problems.IdempotencyKeyReused, $"Order {request.OrderId} has another shipment"),
        };
    }

    /// <summary>An order that was refused, or cancelled before it had a parcel, has no shipment.</summary>
    private static async Task<Results<Ok<ShipmentResponse>, ProblemHttpResult>> Find(
        string orderId, ShipmentStore store, CancellationToken cancellationToken) =>
        Identifiers.IsId(orderId) && await store.FindAsync(orderId, cancellationToken) is { Parcel: { } parcel } shipment
            ? TypedResults.Ok(ToResponse(shipment, parcel))
            : ShopResults.NotFound($"Order {orderId} has no shipment");

    private static async Task<NoContent> Cancel(string orderId, ShipmentStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Identifiers.IsId(orderId))
        {
            throw new InvalidInputException("orderId", Identifiers.IdRule);
        }

        await store.CancelAsync(orderId, time.GetUtcNow(), cancellationToken);
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

    private static (Address Address, int Units) Read(CreateShipment request)
    {
        var errors = new InputErrors();
        errors.Check(Identifiers.IsId(request.OrderId), "orderId", Identifiers.IdRule);
        var address = errors.Check(request.Address is not null, "address", "is required")
            ? errors.Try("address", () => request.Address!.ToAddress())
            : null;
        var units = request.Lines?.Sum(line => (long)line.Quantity) ?? 0;
        errors.Check(request.Lines?.All(line => line.Quantity > 0) == true && units is > 0 and <= int.MaxValue, "lines", "are units to ship");
        errors.ThrowIfAny();
        return (address!, (int)units);
    }

    private static ShipmentResponse ToResponse(Shipment shipment, Parcel parcel) => new(
        shipment.OrderId,
        shipment.State == ShipmentState.Cancelled ? ShipmentStatus.Cancelled : ShipmentStatus.Created,
        parcel.Quote.Carrier,
        parcel.TrackingNumber,
        parcel.Address.ToContract(),
        parcel.Units,
        shipment.CreatedAt);
}
