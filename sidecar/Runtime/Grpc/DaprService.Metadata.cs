using Dapr.Client.Autogen.Grpc.v1;
using DaprShop.Sidecar.Http;
using DaprShop.Sidecar.Resources;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace DaprShop.Sidecar.Grpc;

internal static partial class DaprService
{
    private static void BindMetadata(Binder b)
    {
        b.Unary<GetMetadataRequest, GetMetadataResponse>("GetMetadata", GetMetadata);
        b.Unary<SetMetadataRequest, Empty>("SetMetadata", SetMetadata);
        b.Unary<ShutdownRequest, Empty>("Shutdown", Shutdown);
    }

    private static Task<GetMetadataResponse> GetMetadata(GetMetadataRequest request, ServerCallContext context)
    {
        var sidecar = SidecarOf(context);
        var response = new GetMetadataResponse
        {
            Id = sidecar.AppId,
            RuntimeVersion = SidecarMetadata.RuntimeVersion,
            AppConnectionProperties = ConnectionOf(sidecar.Options),
            ActorRuntime = ActorRuntimeOf(sidecar.Actors.Counts),
            Scheduler = new MetadataScheduler(),
            Workflows = new MetadataWorkflows { ConnectedWorkers = sidecar.Workflow.ConnectedWorkers },
        };
        response.EnabledFeatures.Add(sidecar.Metadata.EnabledFeatures);
        response.ExtendedMetadata.Add(sidecar.Metadata.Extended.ToDictionary());
        response.RegisteredComponents.Add(sidecar.Metadata.Components.Select(component => new RegisteredComponents
        {
            Name = component.Name,
            Type = component.Type,
            Version = component.Version,
            Capabilities = { SidecarMetadata.CapabilitiesOf(component) },
        }));
        response.Subscriptions.Add(sidecar.PubSub.Subscriptions.Select(SubscriptionOf));
        return Task.FromResult(response);
    }

    private static Task<Empty> SetMetadata(SetMetadataRequest request, ServerCallContext context)
    {
        SidecarOf(context).Metadata.Set(request.Key, request.Value);
        return Task.FromResult(new Empty());
    }

    private static Task<Empty> Shutdown(ShutdownRequest request, ServerCallContext context)
    {
        context.GetHttpContext().StopSidecarAfterResponse();
        return Task.FromResult(new Empty());
    }

    private static ActorRuntime ActorRuntimeOf(IReadOnlyDictionary<string, int> actors)
    {
        var runtime = new ActorRuntime
        {
            RuntimeStatus = ActorRuntime.Types.ActorRuntimeStatus.Running,
            HostReady = actors.Count > 0,
            Placement = SidecarMetadata.Placement,
        };
        runtime.ActiveActors.Add(actors.Select(type => new ActiveActorsCount { Type = type.Key, Count = type.Value }));
        return runtime;
    }

    private static AppConnectionProperties ConnectionOf(SidecarOptions options)
    {
        var connection = new AppConnectionProperties
        {
            Port = options.AppPort,
            Protocol = options.AppProtocol,
            ChannelAddress = options.AppChannelAddress,
            MaxConcurrency = Math.Max(0, options.AppMaxConcurrency),
        };
        if (options.AppHealth is { } health)
        {
            connection.Health = new AppConnectionHealthProperties
            {
                HealthCheckPath = health.Path,
                HealthProbeInterval = MetadataHttp.Duration(health.Interval),
                HealthProbeTimeout = MetadataHttp.Duration(health.Timeout),
                HealthThreshold = health.Threshold,
            };
        }

        return connection;
    }

    private static PubsubSubscription SubscriptionOf(Subscription subscription)
    {
        var result = new PubsubSubscription
        {
            PubsubName = subscription.PubSubName,
            Topic = subscription.Topic,
            DeadLetterTopic = subscription.DeadLetterTopic ?? "",
            Type = subscription.Declarative ? PubsubSubscriptionType.Declarative : PubsubSubscriptionType.Programmatic,
            Rules = new PubsubSubscriptionRules(),
        };
        result.Metadata.Add(subscription.Metadata.ToDictionary());
        result.Rules.Rules.Add(subscription.Rules.Select(rule => new PubsubSubscriptionRule { Match = rule.Match, Path = rule.Path }));
        return result;
    }
}
