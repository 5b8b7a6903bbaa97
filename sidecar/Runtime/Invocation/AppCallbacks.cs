using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Dapr.AppCallback.Autogen.Grpc.v1;
using Dapr.Client.Autogen.Grpc.v1;
using DaprShop.Sidecar.Grpc;
using DaprShop.Sidecar.Observability;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace DaprShop.Sidecar.Invocation;

/// <summary>
/// The call-back services of an app that speaks gRPC. Calls go through the app channel, with its slots, token and health.
/// <see cref="RpcException"/> is the app's refusal; a call that did not reach it, or broke, throws what the app channel throws.
/// </summary>
internal sealed class AppCallbacks : IDisposable
{
    private const string Service = "dapr.proto.runtime.v1.AppCallback";
    private const string AlphaService = "dapr.proto.runtime.v1.AppCallbackAlpha";
    private const string HealthService = "dapr.proto.runtime.v1.AppCallbackHealthCheck";

    private static readonly Method<InvokeRequest, InvokeResponse> OnInvoke =
        Unary<InvokeRequest, InvokeResponse>(Service, "OnInvoke");

    private static readonly Method<Empty, ListTopicSubscriptionsResponse> ListTopicSubscriptions =
        Unary<Empty, ListTopicSubscriptionsResponse>(Service, "ListTopicSubscriptions");

    private static readonly Method<TopicEventRequest, TopicEventResponse> OnTopicEvent =
        Unary<TopicEventRequest, TopicEventResponse>(Service, "OnTopicEvent");

    private static readonly Method<TopicEventBulkRequest, TopicEventBulkResponse> OnBulkTopicEvent =
        Unary<TopicEventBulkRequest, TopicEventBulkResponse>(Service, "OnBulkTopicEvent");

    private static readonly Method<TopicEventBulkRequest, TopicEventBulkResponse> OnBulkTopicEventAlpha =
        Unary<TopicEventBulkRequest, TopicEventBulkResponse>(AlphaService, "OnBulkTopicEventAlpha1");

    private static readonly Method<Empty, ListInputBindingsResponse> ListInputBindings =
        Unary<Empty, ListInputBindingsResponse>(Service, "ListInputBindings");

    private static readonly Method<BindingEventRequest, BindingEventResponse> OnBindingEvent =
        Unary<BindingEventRequest, BindingEventResponse>(Service, "OnBindingEvent");

    private static readonly Method<JobEventRequest, JobEventResponse> OnJobEvent =
        Unary<JobEventRequest, JobEventResponse>(Service, "OnJobEvent");

    private static readonly Method<JobEventRequest, JobEventResponse> OnJobEventAlpha =
        Unary<JobEventRequest, JobEventResponse>(AlphaService, "OnJobEventAlpha1");

    private static readonly Method<Empty, HealthCheckResponse> HealthCheck =
        Unary<Empty, HealthCheckResponse>(HealthService, "HealthCheck");

    private readonly GrpcChannel _channel;
    private readonly CallInvoker _calls;
    private readonly GrpcChannel _probes;

    public AppCallbacks(AppChannel app, int maxMessageSize, GrpcMetrics? metrics)
    {
        _channel = Open(app, app.SendAsync, maxMessageSize);
        _calls = metrics is null ? _channel.CreateCallInvoker() : _channel.Intercept(new CountedCalls(metrics));
        // A busy app is not a sick one: probes take no slot.
        _probes = Open(app, app.SendUncountedAsync, maxMessageSize);
    }

    /// <summary>Calls a method of the app; gives its answer with the headers before it.</summary>
    public async Task<(InvokeResponse Answer, Metadata Headers)> OnInvokeAsync(
        InvokeRequest request, Metadata metadata, CancellationToken cancellationToken)
    {
        using var call = _calls.AsyncUnaryCall(OnInvoke, null, new CallOptions(metadata, cancellationToken: cancellationToken), request);
        return (await AnswerOf(call).ConfigureAwait(false), await call.ResponseHeadersAsync.ConfigureAwait(false));
    }

    public Task<ListTopicSubscriptionsResponse> ListTopicSubscriptionsAsync(CancellationToken cancellationToken) =>
        CallAsync(ListTopicSubscriptions, new Empty(), cancellationToken);

    public async Task<TopicEventResponse> OnTopicEventAsync(TopicEventRequest request, Metadata metadata, CancellationToken cancellationToken)
    {
        using var call = _calls.AsyncUnaryCall(OnTopicEvent, null, new CallOptions(metadata, cancellationToken: cancellationToken), request);
        return await AnswerOf(call).ConfigureAwait(false);
    }

    public Task<TopicEventBulkResponse> OnBulkTopicEventAsync(TopicEventBulkRequest request, CancellationToken cancellationToken) =>
        CallAsync(OnBulkTopicEvent, OnBulkTopicEventAlpha, request, cancellationToken);

    public Task<ListInputBindingsResponse> ListInputBindingsAsync(CancellationToken cancellationToken) =>
        CallAsync(ListInputBindings, new Empty(), cancellationToken);

    public Task<BindingEventResponse> OnBindingEventAsync(BindingEventRequest request, CancellationToken cancellationToken) =>
        CallAsync(OnBindingEvent, request, cancellationToken);

    public Task<JobEventResponse> OnJobEventAsync(JobEventRequest request, CancellationToken cancellationToken) =>
        CallAsync(OnJobEvent, OnJobEventAlpha, request, cancellationToken);

    /// <summary>Probes the app.</summary>
    public async Task CheckHealthAsync(CancellationToken cancellationToken)
    {
        using var call = _probes.CreateCallInvoker()
            .AsyncUnaryCall(HealthCheck, null, new CallOptions(cancellationToken: cancellationToken), new Empty());
        await AnswerOf(call).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _channel.Dispose();
        _probes.Dispose();
    }

    private async Task<TResponse> CallAsync<TRequest, TResponse>(
        Method<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
        where TRequest : class
        where TResponse : class
    {
        using var call = _calls.AsyncUnaryCall(method, null, new CallOptions(cancellationToken: cancellationToken), request);
        return await AnswerOf(call).ConfigureAwait(false);
    }

    /// <summary>Calls a method which an older app knows by its alpha name only.</summary>
    private async Task<TResponse> CallAsync<TRequest, TResponse>(
        Method<TRequest, TResponse> method, Method<TRequest, TResponse> alpha, TRequest request, CancellationToken cancellationToken)
        where TRequest : class
        where TResponse : class
    {
        try
        {
            return await CallAsync(method, request, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
        {
            return await CallAsync(alpha, request, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<T> AnswerOf<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Status.DebugException is AppUnreachableException or HttpRequestException or IOException)
        {
            ExceptionDispatchInfo.Throw(e.Status.DebugException);
            throw;
        }
    }

    private static Method<TRequest, TResponse> Unary<TRequest, TResponse>(string service, string name)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() => GrpcMethod.Of<TRequest, TResponse>(MethodType.Unary, service, name);

    private static GrpcChannel Open(
        AppChannel app, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send, int maxMessageSize) =>
        GrpcChannel.ForAddress(app.Resolve("/"), new GrpcChannelOptions
        {
            HttpHandler = new ChannelHandler(send),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = maxMessageSize,
            MaxSendMessageSize = null,
            ThrowOperationCanceledOnCancellation = true,
        });

    private sealed class CountedCalls(GrpcMetrics metrics) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            var started = Stopwatch.GetTimestamp();
            var call = continuation(request, context);
            return new AsyncUnaryCall<TResponse>(
                CountAsync(), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);

            async Task<TResponse> CountAsync()
            {
                var status = StatusCode.Cancelled;
                try
                {
                    var answer = await call.ResponseAsync.ConfigureAwait(false);
                    status = StatusCode.OK;
                    return answer;
                }
                catch (RpcException e)
                {
                    status = e.StatusCode;
                    throw;
                }
                finally
                {
                    metrics.Sent(context.Method.FullName, status, started);
                }
            }
        }
    }

    private sealed class ChannelHandler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            send(request, cancellationToken);
    }
}
