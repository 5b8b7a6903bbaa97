using Dapr.AppCallback.Autogen.Grpc.v1;
using DaprShop.Sidecar.Invocation;
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
    private readonly Lock _gate = new();
    private readonly List<StreamSubscription> _streams = [];
    private IReadOnlyList<Subscription> _ofApp;
    private IReadOnlyList<TopicConsumer> _consumers = [];
    private bool _isStopped;

    public PubSubs(Sidecar sidecar)
    {
        _sidecar = sidecar;
        _logger = sidecar.Shared.Loggers.CreateLogger("dapr.runtime.pubsub");
        _components = sidecar.Resources.Components
            .Where(component => component.Category == PubSubComponent.Category)
            .ToDictionary(component => component.Name, component => new PubSubComponent(component, sidecar.AppId), StringComparer.Ordinal);
        Publisher = new Publisher(sidecar, _components);
        _ofApp = Merge(declarative: sidecar.Resources.Subscriptions, programmatic: []);
    }

    public Publisher Publisher { get; }

    /// <summary>All subscriptions that are known, active or not: those of the app once it was asked, and the streams there are now.</summary>
    public IReadOnlyList<Subscription> Subscriptions
    {
        get
        {
            lock (_gate)
            {
                return _streams.Count == 0 ? _ofApp : [.. _ofApp, .. _streams.Select(stream => stream.Subscription)];
            }
        }
    }

    /// <summary>Reads the subscriptions that the app announces, joins the declarative ones and starts delivery.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_components.Count == 0 || !_sidecar.App.Exists)
        {
            return;
        }

        var announced = await new AppSubscriptions(_sidecar, _logger).ReadAsync(cancellationToken).ConfigureAwait(false);
        var subscriptions = Merge(_sidecar.Resources.Subscriptions, announced);
        lock (_gate)
        {
            _ofApp = subscriptions;
        }

        var consumers = await Task.WhenAll(subscriptions.Select(subscription => JoinAppAsync(subscription, cancellationToken))).ConfigureAwait(false);
        _consumers = [.. consumers.OfType<TopicConsumer>()];
    }

    /// <summary>
    /// Opens a streaming subscription, whose events go to <paramref name="write"/>, one at a time. Several on one topic share its
    /// messages. Throws <see cref="DaprApiException"/> when there is no such topic for the app.
    /// </summary>
    public async Task<StreamSubscription> OpenStreamAsync(
        Subscription subscription, Func<TopicEventRequest, Task> write, CancellationToken cancellationToken)
    {
        var component = Publisher.Find(subscription.PubSubName, subscription.Topic);
        if (!component.Scopes.CanSubscribe(subscription.Topic))
        {
            throw PubSubErrors.Forbidden(subscription.PubSubName, subscription.Topic, _sidecar.AppId);
        }

        var router = new EventRouter(subscription, _sidecar.Shared.Time);
        var subscriber = new StreamSubscriber(subscription, write);
        var consumer = await JoinAsync(component, subscription, OneByOne(subscription, router, subscriber), null, cancellationToken).ConfigureAwait(false);
        var stream = new StreamSubscription(subscription, subscriber, consumer);
        bool isLate;
        lock (_gate)
        {
            isLate = _isStopped;
            _streams.Add(stream);
        }

        if (isLate)
        {
            await CloseAsync(stream).ConfigureAwait(false);
        }

        return stream;
    }

    /// <summary>Ends a stream whose client is gone: what it has not acknowledged goes to others, or waits.</summary>
    public async Task CloseAsync(StreamSubscription stream)
    {
        await stream.EndAsync().ConfigureAwait(false);
        lock (_gate)
        {
            _streams.Remove(stream);
        }
    }

    /// <summary>Stops taking new messages and waits for running deliveries.</summary>
    public async Task StopAsync()
    {
        IReadOnlyList<StreamSubscription> streams;
        lock (_gate)
        {
            _isStopped = true;
            streams = [.. _streams];
        }

        await Task.WhenAll(_consumers.Select(consumer => consumer.StopAsync()).Concat(streams.Select(stream => stream.StopAsync()))).ConfigureAwait(false);
        foreach (var consumer in _consumers)
        {
            consumer.Dispose();
        }

        _consumers = [];
    }

    /// <summary>One per component and topic: the app's own beats a declarative one, of several of a kind the first counts.</summary>
    private static List<Subscription> Merge(IEnumerable<Subscription> declarative, IEnumerable<Subscription> programmatic) =>
        [.. programmatic.Concat(declarative).DistinctBy(subscription => (subscription.PubSubName, subscription.Topic))];

    private async Task<TopicConsumer?> JoinAppAsync(Subscription subscription, CancellationToken cancellationToken)
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
            return await JoinAsync(component, subscription, DeliveryToApp(subscription, router), _sidecar.App, cancellationToken).ConfigureAwait(false);
        }
        catch (FormatException e)
        {
            LogBadRule(_sidecar.AppId, subscription.Topic, subscription.PubSubName, e.Message);
            return null;
        }
    }

    private async Task<TopicConsumer> JoinAsync(
        PubSubComponent component, Subscription subscription, Deliver deliver, AppChannel? app, CancellationToken cancellationToken)
    {
        var group = await _sidecar.Shared.Broker
            .JoinAsync(component.Broker, subscription.Topic, component.ConsumerGroup, component.IsGroupKept, cancellationToken).ConfigureAwait(false);
        return new TopicConsumer(_sidecar, subscription, group, component, deliver, app, _logger);
    }

    private Deliver DeliveryToApp(Subscription subscription, EventRouter router) => _sidecar.App.SpeaksGrpc
        ? DeliveryTo(new GrpcSubscriber(_sidecar, subscription, router.IsRaw), subscription, router)
        : DeliveryTo(new HttpSubscriber(_sidecar, subscription, router.IsRaw), subscription, router);

    private Deliver DeliveryTo<TApp>(TApp app, Subscription subscription, EventRouter router)
        where TApp : IEventSubscriber, IBulkSubscriber => subscription.Bulk is null
            ? OneByOne(subscription, router, app)
            : new BulkDelivery(_sidecar, subscription, router, app).DeliverAsync;

    private Deliver OneByOne(Subscription subscription, EventRouter router, IEventSubscriber subscriber)
    {
        var delivery = new EventDelivery(_sidecar, subscription, router, subscriber);
        return async (messages, token) => [await delivery.DeliverAsync(messages[0], token).ConfigureAwait(false)];
    }

    [LoggerMessage(LogLevel.Warning, "{AppId}: the subscription to topic {Topic} has no effect: there is no pubsub {PubSub}")]
    private partial void LogUnknown(string appId, string topic, string pubSub);

    [LoggerMessage(LogLevel.Warning, "{AppId}: the subscription to topic {Topic} of pubsub {PubSub} has no effect: the topic is not allowed for the app")]
    private partial void LogForbidden(string appId, string topic, string pubSub);

    [LoggerMessage(LogLevel.Error, "{AppId}: the subscription to topic {Topic} of pubsub {PubSub} has no effect: {Error}")]
    private partial void LogBadRule(string appId, string topic, string pubSub, string error);
}
