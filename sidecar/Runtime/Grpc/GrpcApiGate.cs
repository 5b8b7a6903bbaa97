using DaprShop.Sidecar.Http;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Grpc;

/// <summary>API token and api.allowed / api.denied of the Configuration, for every call on the gRPC port.</summary>
internal sealed class GrpcApiGate(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var sidecar = context.Sidecar();
        if (sidecar.Options.ApiToken is { } token && context.Features.Get<PeerCaller>() is null)
        {
            if (!HttpApiToken.Matches(context.Request, token))
            {
                return RefuseAsync(context, StatusCode.Unauthenticated, "invalid api token");
            }

            context.Request.Headers.Remove(HttpApiToken.Header);
        }

        var configuration = sidecar.Resources.Configuration;
        if ((configuration.AllowedApis.Count > 0 || configuration.DeniedApis.Count > 0)
            && GrpcApis.Of(context.Request.Path.Value ?? "") is var (name, version)
            && !ApiAccess.IsAllowed(configuration, name, version, "grpc"))
        {
            return RefuseAsync(context, StatusCode.Unimplemented, "requested endpoint is not available");
        }

        return next(context);
    }

    private static Task RefuseAsync(HttpContext context, StatusCode status, string message)
    {
        GrpcStatus.Write(context.Response, status, message);
        return Task.CompletedTask;
    }
}
