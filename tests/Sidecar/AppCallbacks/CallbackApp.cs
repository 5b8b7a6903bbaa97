using System.Collections.Concurrent;
using Dapr.AppCallback.Autogen.Grpc.v1;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace DaprShop.Sidecar.Tests.AppCallbacks;

/// <summary>A gRPC app that records what the sidecar calls it with and answers as the test says.</summary>
internal sealed class CallbackApp
{
    private readonly ConcurrentQueue<(IMessage Request, Metadata Metadata)> _calls = new();

    public List<TopicSubscription> Subscriptions { get; } = [];

    public List<string> Bindings { get; } = [];

    public Func<TopicEventRequest, TopicEventResponse> OnTopicEvent { get; set; } = _ => new TopicEventResponse();

    public Func<TopicEventBulkRequest, TopicEventBulkResponse> OnBulkTopicEvent { get; set; } = request => new TopicEventBulkResponse
    {
        Statuses = { request.Entries.Select(entry => new TopicEventBulkResponseEntry { EntryId = entry.EntryId }) },
    };

    public Func<InvokeRequest, ServerCallContext, InvokeResponse> OnInvoke { get; set; } = (_, _) => new InvokeResponse();

    public Func<BindingEventRequest, BindingEventResponse> OnBindingEvent { get; set; } = _ => new BindingEventResponse();

    public Func<JobEventRequest, JobEventResponse> OnJobEvent { get; set; } = _ => new JobEventResponse();

    public bool IsHealthy { get; set; } = true;

    /// <summary>The requests of a kind so far, in the order of arrival.</summary>
    public IReadOnlyList<T> Calls<T>()
        where T : IMessage => [.. _calls.Select(call => call.Request).OfType<T>()];

    /// <summary>With what metadata the last request of a kind came.</summary>
    public Metadata MetadataOf<T>()
        where T : IMessage => _calls.Last(call => call.Request is T).Metadata;

    /// <summary>Waits until so many requests of a kind have come.</summary>
    public async Task<IReadOnlyList<T>> AtLeastAsync<T>(int count)
        where T : IMessage
    {
        await Eventually.TrueAsync(() => Task.FromResult(Calls<T>().Count >= count));
        return Calls<T>();
    }

    /// <summary>The app with a sidecar that speaks gRPC to it; <paramref name="services"/> maps what it serves, by default everything.</summary>
    public TestApp As(string appId, Action<WebApplication>? services = null) => new(appId)
    {
        Services = collection =>
        {
            collection.AddSingleton(this);
            collection.AddGrpc();
            collection.Configure<KestrelServerOptions>(options => options.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http2));
        },
        Routes = services ?? (app =>
        {
            app.MapGrpcService<Stable>();
            app.MapGrpcService<Health>();
        }),
        Configure = options => options with { AppProtocol = "grpc" },
    };

    private TResponse Take<TRequest, TResponse>(TRequest request, ServerCallContext context, Func<TRequest, TResponse> answer)
        where TRequest : IMessage
    {
        _calls.Enqueue((request, context.RequestHeaders));
        return answer(request);
    }

    internal sealed class Stable(CallbackApp app) : AppCallback.AppCallbackBase
    {
        public override Task<InvokeResponse> OnInvoke(InvokeRequest request, ServerCallContext context) =>
            Task.FromResult(app.Take(request, context, call => app.OnInvoke(call, context)));

        public override Task<ListTopicSubscriptionsResponse> ListTopicSubscriptions(Empty request, ServerCallContext context) =>
            Task.FromResult(new ListTopicSubscriptionsResponse { Subscriptions = { app.Subscriptions } });

        public override Task<TopicEventResponse> OnTopicEvent(TopicEventRequest request, ServerCallContext context) =>
            Task.FromResult(app.Take(request, context, app.OnTopicEvent));

        public override Task<TopicEventBulkResponse> OnBulkTopicEvent(TopicEventBulkRequest request, ServerCallContext context) =>
            Task.FromResult(app.Take(request, context, app.OnBulkTopicEvent));

        public override Task<ListInputBindingsResponse> ListInputBindings(Empty request, ServerCallContext context) =>
            Task.FromResult(new ListInputBindingsResponse { Bindings = { app.Bindings } });

        public override Task<BindingEventResponse> OnBindingEvent(BindingEventRequest request, ServerCallContext context) =>
            Task.FromResult(app.Take(request, context, app.OnBindingEvent));

        public override Task<JobEventResponse> OnJobEvent(JobEventRequest request, ServerCallContext context) =>
            Task.FromResult(app.Take(request, context, app.OnJobEvent));
    }

    /// <summary>An app from before bulk events and jobs were stable.</summary>
    internal sealed class Older(CallbackApp app) : AppCallback.AppCallbackBase
    {
        public override Task<ListTopicSubscriptionsResponse> ListTopicSubscriptions(Empty request, ServerCallContext context) =>
            Task.FromResult(new ListTopicSubscriptionsResponse { Subscriptions = { app.Subscriptions } });
    }

    internal sealed class Alpha(CallbackApp app) : AppCallbackAlpha.AppCallbackAlphaBase
    {
        [Obsolete("As its base.")]
        public override Task<TopicEventBulkResponse> OnBulkTopicEventAlpha1(TopicEventBulkRequest request, ServerCallContext context) =>
            Task.FromResult(app.Take(request, context, app.OnBulkTopicEvent));

        [Obsolete("As its base.")]
        public override Task<JobEventResponse> OnJobEventAlpha1(JobEventRequest request, ServerCallContext context) =>
            Task.FromResult(app.Take(request, context, app.OnJobEvent));
    }

    internal sealed class Health(CallbackApp app) : AppCallbackHealthCheck.AppCallbackHealthCheckBase
    {
        public override Task<HealthCheckResponse> HealthCheck(Empty request, ServerCallContext context) => app.IsHealthy
            ? Task.FromResult(new HealthCheckResponse())
            : throw new RpcException(new Status(StatusCode.Unavailable, "not well"));
    }
}
