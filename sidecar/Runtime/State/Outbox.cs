using DaprShop.Sidecar.PubSub;
using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Storage;

namespace DaprShop.Sidecar.State;

/// <summary>
/// The transactional outbox of a state store (outboxPublishPubsub, outboxPublishTopic): each upsert of a transaction is also an
/// event. daprd sends it through an internal topic and a marker row; here it is appended in the same database transaction. Over
/// HTTP daprd's event carries a JSON value as Go prints a map; that is not copied.
/// </summary>
internal sealed class Outbox
{
    private const string Projection = "outbox.projection";

    private readonly Sidecar _sidecar;
    private readonly string _pubSub;
    private readonly string _topic;

    private Outbox(Sidecar sidecar, string pubSub, string topic)
    {
        _sidecar = sidecar;
        _pubSub = pubSub;
        _topic = topic;
    }

    /// <summary>The component's outbox; null when it has none.</summary>
    public static Outbox? Of(Sidecar sidecar, Component component) =>
        component.Metadata.GetValueOrDefault("outboxPublishPubsub") is { Length: > 0 } pubSub
        && component.Metadata.GetValueOrDefault("outboxPublishTopic") is { Length: > 0 } topic
            ? new Outbox(sidecar, pubSub, topic)
            : null;

    /// <summary>What is stored: all but the projections, which only say what an event carries.</summary>
    public static IReadOnlyList<StateOperation> StoredOf(IReadOnlyList<StateOperation> operations) =>
        operations.Any(IsProjection) ? [.. operations.Where(operation => !IsProjection(operation))] : operations;

    /// <summary>The events of a transaction, one for each stored upsert; a delete has none.</summary>
    public IReadOnlyList<BrokerMessage> EventsOf(IReadOnlyList<StateOperation> operations)
    {
        if (!_sidecar.Resources.Components.Any(IsItsPubSub))
        {
            throw StateErrors.Outbox($"pubsub {_pubSub} is not found");
        }

        var projections = operations.OfType<StateUpsert>().Where(IsProjection).ToLookup(upsert => upsert.Key, StringComparer.Ordinal);
        var now = _sidecar.Shared.Time.GetUtcNow();
        return
        [
            .. operations.OfType<StateUpsert>().Where(upsert => !IsProjection(upsert)).Select(upsert =>
                EventOf(upsert, projections[upsert.Key].LastOrDefault() ?? upsert, now)),
        ];
    }

    public void Append(Session session, IReadOnlyList<BrokerMessage> events)
    {
        var broker = PubSubComponent.BrokerOf(_sidecar.Resources.Components.First(IsItsPubSub));
        foreach (var message in events)
        {
            _sidecar.Shared.Broker.Append(session, broker, _topic, message);
        }
    }

    private bool IsItsPubSub(Component component) => component.Name == _pubSub && component.Category == PubSubComponent.Category;

    private BrokerMessage EventOf(StateUpsert stored, StateUpsert carried, DateTimeOffset now) =>
        OutboxEvents.Create(_pubSub, _topic, _sidecar.AppId, carried.Value, stored.Metadata, carried.Metadata, now);

    private static bool IsProjection(StateOperation operation) =>
        operation is StateUpsert
        && operation.Metadata.TryGetValue(Projection, out var value)
        && value.Equals("true", StringComparison.OrdinalIgnoreCase);
}
