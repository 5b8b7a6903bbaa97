using Dapr.Actors;
using Dapr.Actors.Client;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;
using DaprShop.Shipping.Domain;

namespace DaprShop.Shipping;

/// <summary>
/// Confirmed shipments wait until the carriers come round, which the cron binding <c>pickup-rounds</c> says. An order stays on the list
/// until all of its parcels are on their way, so a round that was interrupted is made up for by the next one.
/// </summary>
internal static class Pickups
{
    private const int MostInARound = 500;
    private const int AtOnce = 8;

    public static void MapPickups(this WebApplication app)
    {
        app.MapTopic(Topics.Orders).On<OrderConfirmed>(ConfirmAsync);
        app.MapPost("/pickup-rounds", MakeRoundAsync);
    }

    private static async Task ConfirmAsync(
        CloudEvent<OrderConfirmed> confirmed, ShipmentStore shipments, KeyIndex waiting, CancellationToken cancellationToken)
    {
        var orderId = confirmed.Data.OrderId;
        var shipment = await shipments.ChangeAsync(orderId, known => known.Confirm(), cancellationToken)
            ?? throw new InvalidOperationException($"Order {orderId} is confirmed and has no shipment");
        if (shipment.State == ShipmentState.Confirmed)
        {
            await waiting.AddAsync(orderId, cancellationToken);
        }
    }

    private static async Task MakeRoundAsync(
        ShipmentStore shipments, KeyIndex waiting, IActorProxyFactory actors, CancellationToken cancellationToken) => await Parallel.ForEachAsync(
            await waiting.ListAsync(after: null, MostInARound, cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (orderId, cancellation) =>
            {
                var shipment = await shipments.FindAsync(orderId, cancellation);
                foreach (var parcel in shipment?.Parcels ?? [])
                {
                    await actors.CreateActorProxy<IDeliveryActor>(new ActorId(parcel.Id), nameof(DeliveryActor)).StartAsync();
                }

                await waiting.RemoveAsync(orderId, cancellation);
            });
}
