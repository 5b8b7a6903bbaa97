using System.Diagnostics;
using DaprShop.Sidecar.Observability;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Http;

/// <summary>Counts the API calls of the HTTP port or, with <paramref name="isGrpc"/>, of the gRPC port.</summary>
internal sealed class RequestMetrics(RequestDelegate next, bool isGrpc)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            var metrics = context.Sidecar().Metrics;
            if (isGrpc)
            {
                metrics.Grpc.Served(context, started);
            }
            else
            {
                metrics.Http.Served(context, started);
            }
        }
    }

    /// <summary>Answers Prometheus, at any path of the metrics port.</summary>
    public static async Task ScrapeAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = HttpMethods.Get;
            return;
        }

        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Sidecar().Metrics.WriteAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
    }
}
