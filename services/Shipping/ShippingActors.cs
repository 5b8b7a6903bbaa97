using DaprShop.Contracts;
using DaprShop.ServiceDefaults;

namespace DaprShop.Shipping;

/// <summary>How the service hosts its actors.</summary>
internal static class ShippingActors
{
    public static void AddShippingActors(this IServiceCollection services, IConfiguration configuration) => services.AddActors(runtime =>
    {
        runtime.Actors.RegisterActor<DeliveryActor>();
        runtime.ActorIdleTimeout = TimeSpan.FromMinutes(1);
        runtime.UseJsonSerialization = true;
        runtime.JsonSerializerOptions = ContractsJson.Options;
        runtime.HttpEndpoint = configuration.SidecarHttpEndpoint();
    });
}
