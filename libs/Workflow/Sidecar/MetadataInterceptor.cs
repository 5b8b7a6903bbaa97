using System.Diagnostics;
using System.Reflection;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Dapr.Workflow.Sidecar;

/// <summary>Adds what every call to a sidecar carries: the API token, who calls, and the current trace.</summary>
internal sealed class MetadataInterceptor(string? token) : Interceptor
{
    private static readonly string s_userAgent = "dapr-sdk-dotnet/v"
        + (typeof(MetadataInterceptor).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0");

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation) =>
        continuation(request, WithMetadata(context));

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) =>
        continuation(request, WithMetadata(context));

    private ClientInterceptorContext<TRequest, TResponse> WithMetadata<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context)
        where TRequest : class
        where TResponse : class
    {
        var headers = new Metadata { { "user-agent", s_userAgent } };
        if (!string.IsNullOrWhiteSpace(token))
        {
            headers.Add("dapr-api-token", token);
        }

        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } activity)
        {
            headers.Add("traceparent", id);
            headers.Add("grpc-trace-bin", ToCensus(activity));
            if (!string.IsNullOrEmpty(activity.TraceStateString))
            {
                headers.Add("tracestate", activity.TraceStateString);
            }
        }

        return new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, context.Options.WithHeaders(headers));
    }

    // The binary form of OpenCensus: version 0, then field 0 (trace id), field 1 (span id), field 2 (flags).
    private static byte[] ToCensus(Activity activity)
    {
        var bytes = new byte[29];
        activity.TraceId.CopyTo(bytes.AsSpan(2, 16));
        bytes[18] = 1;
        activity.SpanId.CopyTo(bytes.AsSpan(19, 8));
        bytes[27] = 2;
        bytes[28] = (byte)activity.ActivityTraceFlags;
        return bytes;
    }
}
