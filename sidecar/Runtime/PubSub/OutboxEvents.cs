namespace DaprShop.Sidecar.PubSub;

/// <summary>The events that a state transaction publishes (Dapr's outbox), as daprd writes them.</summary>
internal static class OutboxEvents
{
    /// <summary>
    /// The message of one upsert. <paramref name="value"/> is the projection's value where there is a projection, else the
    /// operation's own; <paramref name="metadata"/> is that of the state operation: <c>type</c>, <c>source</c>, <c>subject</c> and
    /// <c>datacontenttype</c> become the event's attributes and the rest extensions, but for <c>id</c>. Its content type is that
    /// of the <paramref name="valueMetadata"/>, the metadata of the operation that <paramref name="value"/> is from.
    /// </summary>
    public static BrokerMessage Create(
        string pubSubName,
        string topic,
        string appId,
        ReadOnlyMemory<byte> value,
        IReadOnlyDictionary<string, string> metadata,
        IReadOnlyDictionary<string, string> valueMetadata,
        DateTimeOffset now)
    {
        var contentType = valueMetadata.GetValueOrDefault("contentType");
        var cloudEvent = new CloudEvent
        {
            Id = $"outbox-{Guid.NewGuid()}",
            Source = metadata.GetValueOrDefault("source") ?? appId,
            PubSubName = pubSubName,
            Topic = topic,
            Type = metadata.GetValueOrDefault("type") ?? CloudEvent.DefaultType,
            Subject = metadata.GetValueOrDefault("subject"),
            Time = now,
            DataContentType = metadata.GetValueOrDefault("datacontenttype") ?? contentType ?? CloudEvent.DefaultDataContentType,
            Data = value,
            Extensions = metadata.Concat(valueMetadata.Where(m => !metadata.ContainsKey(m.Key))).Where(m => !IsAttribute(m.Key)),
        };

        // daprd decides by contentType alone; a datacontenttype only renames what stays a string.
        return new BrokerMessage(
            cloudEvent.ToJson(dataIsJson: ContentTypes.IsJson(contentType)), CloudEvent.ContentType, BrokerMessage.NoMetadata, Expires: null);
    }

    // Names of the envelope itself: as extensions they would appear in it twice.
    private static bool IsAttribute(string name) => name is
        "id" or "source" or "type" or "subject" or "datacontenttype" or "specversion" or "time" or "topic" or "pubsubname" or "data"
        or "data_base64" or "traceid" or "traceparent" or "tracestate" or "expiration" or "outbox.projection" or "ttlInSeconds";
}
