using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Grpc;

/// <summary>Ends a gRPC call that no service handles.</summary>
internal static class GrpcStatus
{
    /// <summary>Writes the status as the whole answer, or behind what was sent of one.</summary>
    public static void Write(HttpResponse response, StatusCode status, string message)
    {
        var code = ((int)status).ToString(CultureInfo.InvariantCulture);
        // The protocol's escape; beyond ASCII it is not optional.
        var text = Uri.EscapeDataString(message).Replace("%20", " ", StringComparison.Ordinal);
        if (response.HasStarted)
        {
            response.AppendTrailer("grpc-status", code);
            response.AppendTrailer("grpc-message", text);
            return;
        }

        response.Clear();
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = code;
        response.Headers["grpc-message"] = text;
    }
}
