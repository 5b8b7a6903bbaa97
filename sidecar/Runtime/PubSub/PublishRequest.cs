namespace DaprShop.Sidecar.PubSub;

/// <summary>A message as the publisher gave it.</summary>
internal sealed record PublishRequest
{
    public required string PubSubName { get; init; }

    public required string Topic { get; init; }

    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Null or empty: text/plain.</summary>
    public string? ContentType { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = BrokerMessage.NoMetadata;

    public TraceContext Trace { get; init; } = TraceContext.None;
}

/// <summary>One event of a bulk publish request, with an id that is unique in it.</summary>
internal sealed record BulkEntry(string EntryId, ReadOnlyMemory<byte> Data, string? ContentType, IReadOnlyDictionary<string, string> Metadata);

/// <summary>An entry that could not be published.</summary>
internal sealed record FailedEntry(string EntryId, string Error);
