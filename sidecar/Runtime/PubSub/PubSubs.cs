using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.PubSub;

/// <summary>
/// The pub/sub components in one app's scope: publishing, subscriptions, delivery to the app. A message that fails for good
/// goes to its subscription's dead-letter topic; without one it is dropped with an error in the log, as Dapr on Redis does.
/// </summary>
internal sealed partial class PubSubs
{
    private readonly Sidecar _sidecar;
    private readonly ILogger _logger;
    private readonly Dictionary<string, PubSubComponent> _components;
    private IReadOnlyList<TopicConsumer> _consumers = [];

    public PubSubs(Sidecar sidecar)
    {
        _sidecar = sidecar;
        _logger = sidecar.Shared.Loggers.CreateLogger("dapr.runtime.pubsub");
        _components = sidecar.Resources.Components
            .Where(component => component.Category == PubSubComponent.Category)
            .ToDictionary(component => component.Name, component => new PubSubComponent(component, sidecar.AppId), StringComparer.Ordinal);
        Publisher = new Publisher(sidecar, _components);
        Subscriptions = Merge(declarative: sidecar.Resources.Subscriptions, programmatic: []);
    }

    public Publisher Publisher { get; }

    /// <summary>All subscriptions that are known, active or not; those of the app once it was asked.</summary>
    public IReadOnlyList<Subscription> Subscriptions { get; private set; }

    /// <summary>Reads the app's subscriptions (GET /dapr/subscribe), joins the declarative ones and starts delivery.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_components.Count == 0 || !_sidecar.App.Exists)
        {
            return;
        }

        if (_sidecar.Options.AppProtocol is "grpc" or "grpcs")
        {
            LogGrpcApp(_sidecar.AppId);
            return;
        }

        var announced = await new AppSubscriptions(_sidecar, _logger).ReadAsync(cancellationToken).ConfigureAwait(false);
        Subscriptions = Merge(_sidecar.Resources.Subscriptions, announced);
        var consumers = await Task.WhenAll(Subscriptions.Select(subscription => JoinAsync(subscription, cancellationToken))).ConfigureAwait(false);
        _consumers = [.. consumers.OfType<TopicConsumer>()];
    }

    /// <summary>Stops taking new messages and waits for running deliveries.</summary>
    public async Task StopAsync()
    {
        await Task.WhenAll(_consumers.Select(consumer => consumer.StopAsync())).ConfigureAwait(false);
        foreach (var consumer in _consumers)
        {
            consumer.Dispose();
        }

        _consumers = [];
    }

    /// <summary>One per component and topic: the app's own beats a declarative one, of several of a kind the first counts.</summary>
    private static List<Subscription> Merge(IEnumerable<Subscription> declarative, IEnumerable<Subscription> programmatic) =>
        [.. programmatic.Concat(declarative).DistinctBy(subscription => (subscription.PubSubName, subscription.Topic))];

    private async Task<TopicConsumer?> JoinAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        if (!_components.TryGetValue(subscription.PubSubName, out var component))
        {
            LogUnknown(_sidecar.AppId, subscription.Topic, subscription.PubSubName);
            return null;
        }

        if (!component.Scopes.CanSubscribe(subscription.Topic))
        {
            LogForbidden(_sidecar.AppId, subscription.Topic, subscription.PubSubName);
            return null;
        }

        try
        {
            var router = new EventRouter(subscription, _sidecar.Shared.Time);
            var group = await _sidecar.Shared.Broker
                .JoinAsync(component.Broker, subscription.Topic, component.ConsumerGroup, component.IsGroupKept, cancellationToken).ConfigureAwait(false);
            return new TopicConsumer(_sidecar, subscription, router, group, component, _logger);
        }
        catch (FormatException e)
        {
            LogBadRule(_sidecar.AppId, subscription.Topic, subscription.PubSubName, e.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{AppId}: events are delivered over HTTP only; an app whose protocol is gRPC gets none")]
    private partial void LogGrpcApp(string appId);

    [LoggerMessage(LogLevel.Warning, "{AppId}: the subscription to topic {Topic} has no effect: there is no pubsub {PubSub}")]
    private partial void LogUnknown(string appId, string topic, string pubSub);

    [LoggerMessage(LogLevel.Warning, "{AppId}: the subscription to topic {Topic} of pubsub {PubSub} has no effect: the topic is not allowed for the app")]
    private partial void LogForbidden(string appId, string topic, string pubSub);

    [LoggerMessage(LogLevel.Error, "{AppId}: the subscription to topic {Topic} of pubsub {PubSub} has no effect: {Error}")]
    private partial void LogBadRule(string appId, string topic, string pubSub, string error);
}
