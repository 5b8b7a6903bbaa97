using System.Diagnostics;
using DaprShop.Sidecar.Observability;
using DaprShop.Sidecar.Resources;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DaprShop.Sidecar.Http;

/// <summary>Logs the API calls of a sidecar that is told to (enableApiLogging, logging.apiLogging), each as a line with daprd's fields.</summary>
internal sealed class ApiLog(RequestDelegate next, bool isGrpc)
{
    public Task InvokeAsync(HttpContext context)
    {
        var sidecar = context.Sidecar();
        var spec = sidecar.Resources.Configuration.ApiLogging;
        return (sidecar.Options.EnableApiLogging ?? spec.Enabled)
            && !(spec.OmitHealthChecks && context.Request.Path.StartsWithSegments("/v1.0/healthz", StringComparison.Ordinal))
            ? LogAsync(context, sidecar, spec)
            : next(context);
    }

    private async Task LogAsync(HttpContext context, Sidecar sidecar, ApiLoggingSpec spec)
    {
        var (request, started) = (context.Request, Stopwatch.GetTimestamp());
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            var (scope, message) = isGrpc ? ("dapr.runtime.grpc.api-info", "gRPC API Called") : ("dapr.runtime.http-info", "HTTP API Called");
            var path = spec.ObfuscateUrls && context.GetEndpoint() is RouteEndpoint route ? route.RoutePattern.RawText : request.Path.Value;
            KeyValuePair<string, object?>[] fields =
            [
                new("appId", sidecar.AppId),
                new("method", isGrpc ? request.Path.Value : $"{request.Method} {path}"),
                new("code", isGrpc ? (int)GrpcMetrics.StatusOf(context) : context.Response.StatusCode),
                new("duration", (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds),
                new("size", context.Response.ContentLength ?? 0),
                new("useragent", request.Headers.UserAgent.ToString()),
            ];
            sidecar.Shared.Loggers.CreateLogger(scope).Log(LogLevel.Information, default, fields, null, (_, _) => message);
        }
    }
}
