using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DaprShop.Sidecar.Http;

/// <summary>Paths that are no route are invocations by header in Dapr; without an app id that fails.</summary>
internal static class FallbackRoute
{
    public static void MapFallbackRoute(this IEndpointRouteBuilder endpoints) =>
        endpoints.Map("/{**path}", (RequestDelegate)(_ => throw NoAppId()));

    public static DaprApiException NoAppId() => new(
        StatusCodes.Status404NotFound, StatusCode.NotFound, "ERR_DIRECT_INVOKE",
        "failed getting app id either from the URL path or the header dapr-app-id");
}
