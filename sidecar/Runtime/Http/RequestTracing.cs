using System.Diagnostics;
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

    private async Task TraceAsync(HttpContext context, TracingOptions tracing)
    {
        var headers = context.Request.Headers;
        ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out var parent);
        using var activity = new Activity(context.Request.Path);
        activity.SetIdFormat(ActivityIdFormat.W3C);
        if (parent.TraceId != default)
        {
            activity.SetParentId(parent.TraceId, parent.SpanId);
            activity.TraceStateString = parent.TraceState;
        }

        activity.ActivityTraceFlags = tracing.Samples(parent) ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None;
        activity.Start();
        context.Response.Headers.TraceParent = activity.Id;
        await next(context).ConfigureAwait(false);
    }
}
