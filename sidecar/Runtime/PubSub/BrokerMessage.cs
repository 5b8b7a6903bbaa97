namespace DaprShop.Sidecar.PubSub;

/// <summary>The bytes as they are delivered, usually a CloudEvent, the message metadata, and when it expires (null: never).</summary>
internal sealed record BrokerMessage(byte[] Data, string ContentType, IReadOnlyDictionary<string, string> Metadata, DateTimeOffset? Expires)
{
    public static readonly IReadOnlyDictionary<string, string> NoMetadata = new Dictionary<string, string>();
}

/// <summary>A message of a topic's log; ids grow in the order in which messages were committed.</summary>
internal sealed record StoredMessage(long Id, BrokerMessage Message);
