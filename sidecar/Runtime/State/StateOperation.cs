using System.Globalization;

namespace DaprShop.Sidecar.State;

/// <summary>What a caller asked for about a key that may have changed meanwhile.</summary>
internal enum Concurrency
{
    Unspecified,
    FirstWrite,
    LastWrite,
}

/// <summary>An upsert or a delete of one key (without the store's prefix). An empty etag is none.</summary>
internal abstract record StateOperation(string Key)
{
    public static readonly IReadOnlyDictionary<string, string> NoMetadata = new Dictionary<string, string>();

    public string? ETag { get; init; }

    public Concurrency Concurrency { get; init; }

    /// <summary>ttlInSeconds, and with an outbox the event's attributes.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = NoMetadata;
}

internal sealed record StateUpsert(string Key, byte[] Value) : StateOperation(Key);

internal sealed record StateDelete(string Key) : StateOperation(Key);

/// <summary>A stored value. <see cref="Expires"/> is null when it never does, or when the store does not tell (state.redis).</summary>
internal sealed record StateEntry(byte[] Value, string ETag, DateTimeOffset? Expires)
{
    /// <summary>Expiry as the API's metadata <c>ttlExpireTime</c> (RFC 3339); null when there is none.</summary>
    public string? TtlExpireTime => Expires?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
