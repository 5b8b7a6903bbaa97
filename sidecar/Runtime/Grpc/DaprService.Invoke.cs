using System.Globalization;
using System.Text;
using Dapr.Client.Autogen.Grpc.v1;
using DaprShop.Sidecar.Http;
using DaprShop.Sidecar.Invocation;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace DaprShop.Sidecar.Grpc;

/// <summary>
/// InvokeService: an app's HTTP routes, or its AppCallback.OnInvoke. Calls of an app's own gRPC services are no method of this service: <see cref="GrpcProxy"/>.
/// </summary>
internal static partial class DaprService
{
    private const string HttpStatusHeader = "dapr-http-status";

    /// <summary>Longest value that the metadata of an ErrorInfo may have.</summary>
    private const int LongestMetadata = 63;

    private static void BindInvoke(Binder b) => b.Unary<InvokeServiceRequest, InvokeResponse>("InvokeService", InvokeService);

    private static async Task<InvokeResponse> InvokeService(InvokeServiceRequest request, ServerCallContext context)
    {
        var message = request.Message ?? new InvokeRequest();
        var http = context.GetHttpContext();
        await using var response = await SidecarOf(context).Invocation.InvokeAsync(
            new InvocationRequest
            {
                Target = request.Id,
                Verb = message.HttpExtension is { Verb: not HTTPExtension.Types.Verb.None } extension ? extension.Verb.ToString().ToUpperInvariant() : "POST",
                Path = InvocationPath.NormalizeUnescaped(request.Id, message.Method),
                Query = message.HttpExtension?.Querystring is { Length: > 0 } query ? "?" + query.TrimStart('?') : "",
                Headers = HeadersOf(http.Request.Headers, message.ContentType),
                Body = message.Data is { } data ? InvocationBody.Of(data.Value.Memory) : InvocationBody.None,
                TraceParent = SidecarOf(context).Tracing.IsOn ? http.TraceParent() : null,
            },
            context.CancellationToken);

        if (response.Refusal is { } refusal)
        {
            // The app's own status, as it was said.
            throw new RpcException(refusal.Status, refusal.Trailers);
        }

        await context.WriteResponseHeadersAsync(MetadataOf(response));
        var body = await response.Message.Content.ReadAsByteArrayAsync(context.CancellationToken);
        return response.Message.IsSuccessStatusCode
            ? new InvokeResponse
            {
                ContentType = response.Message.Content.Headers.ContentType?.ToString() ?? "",
                Data = new Any { Value = UnsafeByteOperations.UnsafeWrap(body) },
            }
            : throw FailureOf(response.Status, body);
    }

    /// <summary>The call's metadata without what belongs to gRPC itself.</summary>
    private static HeaderDictionary HeadersOf(IHeaderDictionary metadata, string contentType)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in metadata)
        {
            if (!IsOfGrpc(name))
            {
                headers[name] = value;
            }
        }

        headers["Content-Type"] = contentType.Length > 0 ? contentType : "application/json";
        return headers;
    }

    private static bool IsOfGrpc(string name) => name.StartsWith(':')
        || name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith("-bin", StringComparison.OrdinalIgnoreCase);

    private static Metadata MetadataOf(InvocationResponse response)
    {
        var metadata = new Metadata { { HttpStatusHeader, response.Status.ToString(CultureInfo.InvariantCulture) } };
        foreach (var (name, values) in response.Message.Headers.NonValidated)
        {
            if (!InvocationHeaders.IsHopByHop(name) && !IsOfGrpc(name))
            {
                metadata.Add(name, values.ToString());
            }
        }

        return metadata;
    }

    private static DaprApiException FailureOf(int httpStatus, byte[] body)
    {
        var reason = ReasonPhrases.GetReasonPhrase(httpStatus);
        var text = Encoding.UTF8.GetString(body);
        return new DaprApiException(httpStatus, GrpcStatusOf(httpStatus), "ERR_DIRECT_INVOKE", reason)
        {
            Reason = reason,
            Metadata = new Dictionary<string, string>
            {
                ["http.code"] = httpStatus.ToString(CultureInfo.InvariantCulture),
                ["http.error_message"] = text[..Math.Min(text.Length, LongestMetadata)],
            },
        };
    }

    private static StatusCode GrpcStatusOf(int httpStatus) => httpStatus switch
    {
        >= 200 and < 300 => StatusCode.OK,
        400 => StatusCode.Internal,
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 => StatusCode.NotFound,
        408 => StatusCode.Cancelled,
        409 => StatusCode.AlreadyExists,
        429 => StatusCode.ResourceExhausted,
        501 => StatusCode.Unimplemented,
        503 => StatusCode.Unavailable,
        504 => StatusCode.DeadlineExceeded,
        _ => StatusCode.Unknown,
    };
}
