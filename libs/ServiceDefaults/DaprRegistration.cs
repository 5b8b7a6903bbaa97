using Dapr.Client;
using DaprShop.Contracts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DaprShop.ServiceDefaults;

/// <summary>How a service comes by its sidecar, and by the other services through it.</summary>
public static class DaprRegistration
{
    // A sidecar that does not answer must not hold a request for ever.
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Adds the other service as a keyed <see cref="ServiceClient"/>: take it as <c>[FromKeyedServices(AppIds.Inventory)] ServiceClient</c>.
    /// </summary>
    public static IServiceCollection AddServiceClient(this IServiceCollection services, string appId) =>
        services.AddKeyedSingleton(appId, (provider, _) =>
        {
            var http = provider.GetRequiredService<DaprClient>().CreateInvokableHttpClient(appId);
            http.Timeout = s_callTimeout;
            return new ServiceClient(appId, http);
        });

    /// <summary>Adds the service's own state store, whose outbox publishes its events, as <see cref="EventingStore"/>.</summary>
    public static IServiceCollection AddEventingStore(this IServiceCollection services, string store) =>
        services.AddSingleton(provider => new EventingStore(
            provider.GetRequiredService<DaprClient>(),
            store,
            provider.GetRequiredService<IConfiguration>()[ServiceDefaultsExtensions.ServiceNameKey] ?? store));

    /// <summary>Adds the list of what the service's <see cref="EventingStore"/> holds, as <see cref="KeyIndex"/>.</summary>
    public static IServiceCollection AddKeyIndex(this IServiceCollection services, string prefix) =>
        services.AddSingleton(provider => new KeyIndex(
            provider.GetRequiredService<EventingStore>(), provider.GetRequiredService<TimeProvider>(), prefix));

    /// <summary>Where the sidecar's HTTP API is; null leaves it to the SDK.</summary>
    public static string? SidecarHttpEndpoint(this IConfiguration configuration) =>
        Endpoint(configuration, "DAPR_HTTP_ENDPOINT", "DAPR_HTTP_PORT");

    internal static void AddDapr(this IServiceCollection services, IConfiguration configuration) =>
        services.AddDaprClient((_, dapr) =>
        {
            dapr.UseJsonSerializationOptions(ContractsJson.Options).UseTimeout(s_callTimeout);
            if (configuration.SidecarHttpEndpoint() is { } http)
            {
                dapr.UseHttpEndpoint(http);
            }

            if (Endpoint(configuration, "DAPR_GRPC_ENDPOINT", "DAPR_GRPC_PORT") is { } grpc)
            {
                dapr.UseGrpcEndpoint(grpc);
            }
        });

    private static string? Endpoint(IConfiguration configuration, string endpointKey, string portKey) =>
        configuration[endpointKey] is { Length: > 0 } endpoint ? endpoint
        : configuration[portKey] is { Length: > 0 } port ? $"http://127.0.0.1:{port}"
        : null;
}
