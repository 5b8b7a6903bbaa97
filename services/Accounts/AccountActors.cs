using Dapr.Actors;
using Dapr.Actors.Client;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;

namespace DaprShop.Accounts;

/// <summary>How the service hosts its actors and comes by them.</summary>
internal static class AccountActors
{
    public static void AddAccountActors(this IServiceCollection services, IConfiguration configuration) => services.AddActors(runtime =>
    {
        runtime.Actors.RegisterActor<AccountActor>();
        runtime.UseJsonSerialization = true;
        runtime.JsonSerializerOptions = ContractsJson.Options;
        runtime.HttpEndpoint = configuration.SidecarHttpEndpoint();
    });

    public static IAccountActor Of(this IActorProxyFactory actors, string customerId) =>
        actors.CreateActorProxy<IAccountActor>(new ActorId(customerId), nameof(AccountActor));
}
