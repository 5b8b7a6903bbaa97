using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DaprShop.Sidecar.Http;

/// <summary>GET /v1.0/healthz and /v1.0/healthz/outbound; POST /v1.0/shutdown.</summary>
internal static class HealthHttp
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/v1.0/healthz", (RequestDelegate)Healthz);
        endpoints.MapGet("/v1.0/healthz/outbound", (RequestDelegate)Outbound);
        endpoints.MapPost("/v1.0/shutdown", (RequestDelegate)Shutdown);
    }

    private static Task Healthz(HttpContext context)
    {
        var sidecar = context.Sidecar();
        if (context.Request.Query["appid"] is [{ Length: > 0 } appId] && appId != sidecar.AppId)
        {
            throw Failure("ERR_HEALTH_APPID_NOT_MATCH", "dapr app-id does not match");
        }

        return sidecar.Health.Ready ? NoContent(context) : throw Failure("ERR_HEALTH_NOT_READY", "dapr is not ready: [runtime]");
    }

    private static Task Outbound(HttpContext context) => context.Sidecar().Health.OutboundReady
        ? NoContent(context)
        : throw Failure("ERR_OUTBOUND_HEALTH_NOT_READY", "dapr outbound is not ready");

    private static Task Shutdown(HttpContext context)
    {
        context.StopSidecarAfterResponse();
        return NoContent(context);
    }

    private static Task NoContent(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static DaprApiException Failure(string code, string message) =>
        new(StatusCodes.Status500InternalServerError, StatusCode.Internal, code, message);
}
