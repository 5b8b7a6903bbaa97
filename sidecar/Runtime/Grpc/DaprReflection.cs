using Grpc.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DaprShop.Sidecar.Grpc;

/// <summary>
/// gRPC server reflection, v1 and v1alpha. Dapr.Client asks it which variant of a method there is; a service bound by hand is
/// not found by the usual registration, which the client takes for "feature is not available".
/// </summary>
internal static class DaprReflection
{
    public static void AddDaprReflection(this IServiceCollection services)
    {
        var service = Dapr.Client.Autogen.Grpc.v1.DaprReflection.Descriptor.Services[0];
        services.AddSingleton(new ReflectionServiceImpl(service));
        services.AddSingleton(new ReflectionV1ServiceImpl(service));
    }

    public static void MapDaprReflection(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService<ReflectionServiceImpl>();
        endpoints.MapGrpcService<ReflectionV1ServiceImpl>();
    }
}
