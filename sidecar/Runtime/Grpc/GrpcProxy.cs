using System.Diagnostics;
using DaprShop.Sidecar.Http;
using DaprShop.Sidecar.Invocation;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DaprShop.Sidecar.Grpc;

/// <summary>
/// Calls of any service that is not the sidecar's own go to the app that the metadata <c>dapr-app-id</c> names, message by message
/// in both directions, with the app's metadata, status and trailers.
/// </summary>
internal static class GrpcProxy
{
    private const string ContentType = "application/grpc";
    private const string TraceHeader = "grpc-trace-bin";

    private static readonly string[] OwnServices = [$"/{DaprService.Name}/", "/TaskHubSidecarService/", "/grpc.reflection."];

    /// <summary>Maps the endpoint that takes what no other takes; services must be mapped with IgnoreUnknownServices.</summary>
    public static void MapGrpcProxy(this IEndpointRouteBuilder endpoints) => endpoints.MapPost("/{service}/{method}", (RequestDelegate)ForwardAsync);

    private static async Task ForwardAsync(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith(ContentType, StringComparison.Ordinal) != true)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        try
        {
            await ForwardToAppAsync(context);
        }
        catch (DaprApiException failure)
        {
            GrpcStatus.Write(context.Response, StatusOf(failure), failure.Message);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException && !context.RequestAborted.IsCancellationRequested)
        {
            GrpcStatus.Write(context.Response, StatusCode.Unavailable, $"the app broke off its answer: {failure.GetBaseException().Message}");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller cancelled: nobody waits for a status.
        }
    }

    private static async Task ForwardToAppAsync(HttpContext context)
    {
        var (request, sidecar) = (context.Request, context.Sidecar());
        var path = request.Path.Value!;
        if (OwnServices.Any(service => path.StartsWith(service, StringComparison.Ordinal)))
        {
            throw new DaprApiException(501, StatusCode.Unimplemented, "ERR_DIRECT_INVOKE", $"unknown method {path}");
        }

        AddTrace(request.Headers, sidecar);
        await using var response = await sidecar.Invocation.InvokeAsync(
            new InvocationRequest
            {
                Target = TargetOf(request.Headers),
                Verb = request.Method,
                Path = path,
                Headers = request.Headers,
                Body = InvocationBody.Of(request.BodyReader, request.ContentLength),
                TraceParent = sidecar.Tracing.IsOn ? context.TraceParent() : null,
                Caller = context.Features.Get<PeerCaller>()?.AppId,
                IsGrpc = true,
            },
            context.RequestAborted);
        await AppResponse.CopyAsync(response.Message, context);
    }

    private static string TargetOf(IHeaderDictionary metadata) =>
        metadata[InvocationHeaders.AppId].ToString() is { Length: > 0 } appId ? appId
        : metadata[InvocationHeaders.CalleeAppId].ToString() is { Length: > 0 } callee ? callee
        : throw new DaprApiException(
            400, StatusCode.Unknown, "ERR_DIRECT_INVOKE", "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found");

    /// <summary>OpenCensus' binary form of the span, beside traceparent: version 0, then trace id, span id and flags as fields 0 to 2.</summary>
    private static void AddTrace(IHeaderDictionary metadata, Sidecar sidecar)
    {
        if (!sidecar.Tracing.IsOn || Activity.Current is not { } span)
        {
            return;
        }

        Span<byte> binary = stackalloc byte[29];
        binary.Clear();
        span.TraceId.CopyTo(binary[2..18]);
        binary[18] = 1;
        span.SpanId.CopyTo(binary[19..27]);
        binary[27] = 2;
        binary[28] = (byte)span.ActivityTraceFlags;
        metadata[TraceHeader] = Convert.ToBase64String(binary).TrimEnd('=');
    }

    // A call that found no app may be made again: gRPC's word for that is Unavailable.
    private static StatusCode StatusOf(DaprApiException failure) =>
        failure.GrpcStatus is StatusCode.Internal ? StatusCode.Unavailable : failure.GrpcStatus;
}
