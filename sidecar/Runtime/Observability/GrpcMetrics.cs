using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DaprShop.Sidecar.Observability;

/// <summary>Calls on the gRPC port (server), the app's own services that are passed on included, and of the app's call-backs (client).</summary>
internal sealed class GrpcMetrics(MetricFamilies families)
{
    private readonly CallFamily<(string Method, StatusCode Status)> _served = families.Calls<(string Method, StatusCode Status)>(
        "grpc_io_server_completed_rpcs",
        "grpc_io_server_server_latency",
        "Calls on the gRPC port.",
        static key => [key.Method, NameOf(key.Status)],
        "grpc_server_method",
        "grpc_server_status");

    private readonly CallFamily<(string Method, StatusCode Status)> _sent = families.Calls<(string Method, StatusCode Status)>(
        "grpc_io_client_completed_rpcs",
        "grpc_io_client_roundtrip_latency",
        "Calls of an app that speaks gRPC.",
        static key => [key.Method, NameOf(key.Status)],
        "grpc_client_method",
        "grpc_client_status");

    public void Sent(string method, StatusCode status, long started) => _sent.Record((method, status), started);

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
