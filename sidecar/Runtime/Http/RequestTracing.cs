using System.Diagnostics;
using System.Globalization;
using DaprShop.Sidecar.Observability;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Http;

/// <summary>
/// Gives each API call a span (W3C trace context) when tracing is configured: the child of the caller's, or a new root. The span
/// is <see cref="Activity.Current"/> while the call runs; its id goes back in the response unless the handler sets another.
/// </summary>
internal sealed class RequestTracing(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var tracing = context.Sidecar().Tracing;
        return tracing.IsOn && !context.Request.Path.StartsWithSegments("/v1.0/healthz", StringComparison.Ordinal)
            ? TraceAsync(context, tracing)
            : next(context);
    }

    private async Task TraceAsync(HttpContext context, SidecarTracing tracing)
    {
        var headers = context.Request.Headers;
        ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out var parent);
        using var activity = tracing.Start(context.Request.Path, parent);
        context.Response.Headers.TraceParent = activity.Id;
        await next(context).ConfigureAwait(false);
        if (tracing.Exports && activity.Recorded)
        {
            Describe(activity, context);
        }
    }

    /// <summary>What daprd tells of a call; the name of an invocation is that of its internal call.</summary>
    private static void Describe(Activity activity, HttpContext context)
    {
        var request = context.Request;
        var isGrpc = request.Protocol == HttpProtocol.Http2;
        var status = isGrpc ? (int)GrpcMetrics.StatusOf(context) : context.Response.StatusCode;
        activity.SetTag("dapr.protocol", isGrpc ? "grpc" : "http");
        activity.SetTag("dapr.status_code", status.ToString(CultureInfo.InvariantCulture));
        activity.SetTag("dapr.api", isGrpc ? request.Path.Value : $"{request.Method} {request.Path}");
        if (isGrpc ? status != 0 : status >= 400)
        {
            activity.SetStatus(ActivityStatusCode.Error);
        }

        if (isGrpc)
        {
            activity.SetTag("rpc.system", "grpc");
            return;
        }

        activity.SetTag("http.request.method", request.Method);
        activity.SetTag("url.full", $"{request.Scheme}://{request.Host}{request.Path}");
        switch (request.Path.Value?.Split('/', 6))
        {
            case [_, _, "invoke", var app, "method", var method]:
                activity.DisplayName = SidecarTracing.NameOfCall(app, method);
                activity.SetTag("rpc.service", "ServiceInvocation");
                activity.SetTag("dapr.invoke_method", method);
                break;
            case [_, _, "state" or "secrets" or "bindings", var component, ..] parts:
                activity.SetTag("db.system", parts[2]);
                activity.SetTag("db.name", component);
                activity.SetTag("db.statement", $"{request.Method} {request.Path}");
                break;
            case [_, _, "publish", _, var topic, ..]:
                activity.SetTag("messaging.system", "pubsub");
                activity.SetTag("messaging.destination", topic);
                activity.SetTag("messaging.destination_kind", "topic");
                break;
            default:
                break;
        }
    }
}
