using System.Text.Json;
using Dapr;
using Dapr.Client;
using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.ServiceDefaults;

/// <summary>
/// A state store with Dapr's transactional outbox: a value and the event about it are saved in one transaction, and the sidecar publishes
/// the event if, and only if, the transaction was committed (at least once, in no order).
/// </summary>
/// <param name="dapr">Must be a gRPC client: over HTTP the outbox garbles the event.</param>
/// <param name="store">The component; its outbox names the topic.</param>
/// <param name="source">The events' <c>source</c>: the service.</param>
public sealed class EventingStore(DaprClient dapr, string store, string source)
{
    private const string Json = "application/json";

    private static readonly StateOptions s_firstWrite = new() { Concurrency = ConcurrencyMode.FirstWrite };

    /// <summary>Reads a value and the ETag to save it with; null when there is none.</summary>
    public async Task<Stored<T>?> FindAsync<T>(string key, CancellationToken cancellationToken = default)
        where T : class
    {
        var (value, etag) = await dapr.GetStateAndETagAsync<T?>(store, key, cancellationToken: cancellationToken);
        return value is null ? null : new Stored<T>(value, etag);
    }

    /// <summary>Reads the values that there are of these keys, in one call and in no particular order.</summary>
    public async Task<IReadOnlyList<T>> FindManyAsync<T>(IReadOnlyList<string> keys, CancellationToken cancellationToken = default)
        where T : class
    {
        if (keys.Count == 0)
        {
            return [];
        }

        var items = await dapr.GetBulkStateAsync<T?>(store, keys, parallelism: null, cancellationToken: cancellationToken);
        return [.. items.Select(item => item.Value).OfType<T>()];
    }

    /// <summary>
    /// Saves the value and publishes the event, whose <c>type</c> is the name of its record. Without an ETag the key must be new.
    /// </summary>
    /// <exception cref="StateConflictException">Another write came first; nothing was saved, no event will be published.</exception>
    public async Task SaveAsync<T>(string key, T value, string? etag, DomainEvent happened, CancellationToken cancellationToken = default)
        where T : class
    {
        try
        {
            await dapr.ExecuteStateTransactionAsync(store, ValueWithEvent(key, value, etag, happened), cancellationToken: cancellationToken);
        }
        catch (DaprException)
        {
            await ThrowIfOutrunAsync(key, etag, cancellationToken);
            throw;
        }
    }

    /// <summary>
    /// As <see cref="SaveAsync{T}"/> for a new key; in the same transaction an event is stored under a key of its own, which must be new too:
    /// a claim on what that key stands for. Both events are published.
    /// </summary>
    /// <exception cref="StateConflictException">One of the keys is taken; nothing was saved, no event will be published.</exception>
    public async Task SaveClaimingAsync<T>(
        string claimKey, DomainEvent claim, string key, T value, DomainEvent happened, CancellationToken cancellationToken = default)
        where T : class
    {
        // Every upsert is published; the claim has no projection, for a daprd takes only one a transaction.
        var claiming = new StateTransactionRequest(
            claimKey, Bytes(claim, claim.GetType()), StateOperationType.Upsert, null, Attributes(claim), s_firstWrite);
        try
        {
            await dapr.ExecuteStateTransactionAsync(
                store, [claiming, .. ValueWithEvent(key, value, null, happened)], cancellationToken: cancellationToken);
        }
        catch (DaprException)
        {
            await ThrowIfOutrunAsync(claimKey, null, cancellationToken);
            await ThrowIfOutrunAsync(key, null, cancellationToken);
            throw;
        }
    }

    /// <summary>Saves the value without an event. Without an ETag the key must be new.</summary>
    /// <exception cref="StateConflictException">Another write came first; nothing was saved.</exception>
    public Task SaveQuietlyAsync<T>(string key, T value, string? etag, CancellationToken cancellationToken = default)
        where T : class => SaveQuietlyAsync(key, value, etag, timeToLive: null, cancellationToken);

    /// <summary>The same; the store forgets the value after its time to live, in whole seconds.</summary>
    /// <exception cref="StateConflictException">Another write came first; nothing was saved.</exception>
    public async Task SaveQuietlyAsync<T>(
        string key, T value, string? etag, TimeSpan? timeToLive, CancellationToken cancellationToken = default)
        where T : class
    {
        Dictionary<string, string>? metadata =
            timeToLive is { } time ? new() { ["ttlInSeconds"] = $"{Math.Max(1, (long)Math.Ceiling(time.TotalSeconds))}" } : null;

        // Not a transaction: the outbox would publish the value itself.
        if (!await dapr.TrySaveStateAsync(store, key, value, etag ?? "", s_firstWrite, metadata, cancellationToken))
        {
            throw new StateConflictException(key);
        }
    }

    /// <summary>Deletes the value, if there is one, without an event.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellationToken = default) =>
        dapr.DeleteStateAsync(store, key, cancellationToken: cancellationToken);

    // Of the two operations on one key the store gets the first and the topic the second. The event's type and source are read from
    // the first, its content type from the second.
    private StateTransactionRequest[] ValueWithEvent<T>(string key, T value, string? etag, DomainEvent happened)
    {
        Dictionary<string, string> projection = new() { ["outbox.projection"] = "true", ["contentType"] = Json };
        return
        [
            new(key, Bytes(value), StateOperationType.Upsert, etag, Attributes(happened), s_firstWrite),
            new(key, Bytes(happened, happened.GetType()), StateOperationType.Upsert, null, projection),
        ];
    }

    private Dictionary<string, string> Attributes(DomainEvent happened) =>
        new() { ["type"] = happened.GetType().Name, ["source"] = source, ["contentType"] = Json };

    // A transaction that failed for its ETag fails with the code of every other failure (Internal), so look whether the key was written.
    private async Task ThrowIfOutrunAsync(string key, string? etag, CancellationToken cancellationToken)
    {
        var (bytes, now) = await dapr.GetByteStateAndETagAsync(store, key, cancellationToken: cancellationToken);
        if (etag is null ? !bytes.IsEmpty : now != etag)
        {
            throw new StateConflictException(key);
        }
    }

    private static byte[] Bytes<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, ContractsJson.Options);

    private static byte[] Bytes(object value, Type type) => JsonSerializer.SerializeToUtf8Bytes(value, type, ContractsJson.Options);
}

/// <summary>A value and the version of it that was read.</summary>
public sealed record Stored<T>(T Value, string ETag);

/// <summary>Another write came first (ETag mismatch, or the key was to be new). Load again and decide again.</summary>
public sealed class StateConflictException(string key) : Exception($"{key} was changed by another request at the same time");
