using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DaprShop.Sidecar.Observability;

/// <summary>Calls on the gRPC port, the app's own services that are passed on included.</summary>
internal sealed class GrpcMetrics(MetricFamilies families)
{
    private readonly CallFamily<(string Method, StatusCode Status)> _served = families.Calls<(string Method, StatusCode Status)>(
        "grpc_io_server_completed_rpcs",
        "grpc_io_server_server_latency",
        "Calls on the gRPC port.",
        static key => [key.Method, NameOf(key.Status)],
        "grpc_server_method",
        "grpc_server_status");

    public void Served(HttpContext context, long started)
    {
        var status = StatusOf(context);
        // Anybody can call what nobody has: such names are no series.
        _served.Record((status is StatusCode.Unimplemented ? "" : context.Request.Path.Value ?? "", status), started);
    }

    /// <summary>The status of a call that has ended.</summary>
    public static StatusCode StatusOf(HttpContext context)
    {
        var text = context.Response.Headers.GrpcStatus.ToString() is { Length: > 0 } early
            ? early
            : context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers["grpc-status"].ToString();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? (StatusCode)code
            : context.RequestAborted.IsCancellationRequested ? StatusCode.Cancelled
            : StatusCode.Unknown;
    }

    // Go's spelling.
    private static string NameOf(StatusCode status) => status is StatusCode.Cancelled ? "Canceled" : status.ToString();
}
