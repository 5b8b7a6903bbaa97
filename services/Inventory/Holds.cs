using Dapr.Actors;
using Dapr.Actors.Client;
using DaprShop.Contracts;
using DaprShop.Inventory.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Inventory;

/// <summary>Hands reservations that are about to be made to the actors that end them.</summary>
internal sealed class Holds(IActorProxyFactory actors)
{
    public Task WatchAsync(IEnumerable<StockCommand> commands, DateTimeOffset now) => Task.WhenAll(commands.OfType<ReserveLines>()
        .GroupBy(reserve => reserve.HoldFor, reserve => reserve.OrderId)
        .Select(held => actors.CreateActorProxy<IHoldActor>(new ActorId($"{Guid.NewGuid():N}"), nameof(HoldActor))
            .WatchAsync(new Hold([.. held], held.Key, now + held.Key))));
}

internal static class HoldsRegistration
{
    public static void AddHolds(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<Holds>();
        services.AddActors(runtime =>
        {
            runtime.Actors.RegisterActor<HoldActor>();

            // It has nothing to do until its reminder comes.
            runtime.ActorIdleTimeout = TimeSpan.FromMinutes(1);
            runtime.UseJsonSerialization = true;
            runtime.JsonSerializerOptions = ContractsJson.Options;
            runtime.HttpEndpoint = configuration.SidecarHttpEndpoint();
        });
    }
}
