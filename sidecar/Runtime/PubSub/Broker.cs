using DaprShop.Sidecar.Storage;

namespace DaprShop.Sidecar.PubSub;

/// <summary>
/// The durable broker behind every pub/sub component: a log per (component, topic) and a consumer group per app id.
/// At least once: a message stays with a group until its handling ended (acknowledged, dropped or dead-lettered).
/// </summary>
internal sealed class Broker(Database database, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>
    /// Appends a message inside a write that is already running, so that it is stored together with other changes (the
    /// outbox) or not at all. Consumers are woken after the commit.
    /// </summary>
    public void Append(Session session, string pubSubName, string topic, BrokerMessage message) =>
        throw new NotImplementedException($"{database}{time}{loggers}");

    /// <summary>Appends a message in a write of its own; completes when it is durable.</summary>
    public Task AppendAsync(string pubSubName, string topic, BrokerMessage message, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}

/// <summary>The bytes as they are delivered, usually a CloudEvent, the message metadata, and when it expires (null: never).</summary>
internal sealed record BrokerMessage(byte[] Data, string ContentType, IReadOnlyDictionary<string, string> Metadata, DateTimeOffset? Expires);
