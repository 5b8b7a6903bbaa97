using System.Text.Json;
using Dapr.Client;
using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.Inventory;

/// <summary>
/// Which products wait for their supplier, and which events about that are still to be published. Both are written in the transaction that
/// changes the stock. Dapr's own outbox would not do here: it publishes everything that a transaction writes.
/// </summary>
internal sealed class RestockingStore(DaprClient dapr)
{
    private const int Buckets = 16;
    private const string Announcements = "announcements";

    private static readonly string[] s_buckets = [.. Enumerable.Range(0, Buckets).Select(bucket => $"restocking:{bucket}")];

    /// <summary>The SKUs of the products with an open proposal.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        var items = await dapr.GetBulkStateAsync<List<string>?>(Stores.Inventory, s_buckets, parallelism: null, cancellationToken: cancellationToken);
        return [.. items.SelectMany(item => item.Value ?? []).Order(StringComparer.Ordinal)];
    }

    /// <summary>What is to be written for the events; nothing for none, which is what nearly all batches raise.</summary>
    public async Task<IReadOnlyList<StateTransactionRequest>> ChangesAsync(IReadOnlyList<DomainEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
        {
            return [];
        }

        var (pending, etag) = await PendingAsync(cancellationToken);
        List<StateTransactionRequest> changes = [StateChange.Upsert(Announcements, (Announcement[])[.. pending, .. events.Select(Announce)], etag)];
        foreach (var bucket in events.GroupBy(BucketOf).Where(bucket => bucket.Key is not null))
        {
            var (skus, version) = await dapr.GetStateAndETagAsync<HashSet<string>?>(Stores.Inventory, bucket.Key!, cancellationToken: cancellationToken);
            skus ??= new HashSet<string>(StringComparer.Ordinal);
            foreach (var happened in bucket)
            {
                _ = happened is PurchaseProposed proposed ? skus.Add(proposed.Sku) : skus.Remove(((PurchaseClosed)happened).Sku);
            }

            changes.Add(StateChange.Upsert(bucket.Key!, skus, version));
        }

        return changes;
    }

    /// <summary>The events that are still to be published, oldest first, and the ETag of the list.</summary>
    public async Task<(IReadOnlyList<Announcement> Events, string ETag)> PendingAsync(CancellationToken cancellationToken)
    {
        var (pending, etag) = await dapr.GetStateAndETagAsync<Announcement[]?>(Stores.Inventory, Announcements, cancellationToken: cancellationToken);
        return (pending ?? [], etag);
    }

    /// <summary>Empties the list; false when it has changed meanwhile.</summary>
    public Task<bool> PublishedAsync(string etag, CancellationToken cancellationToken) => dapr.TrySaveStateAsync<Announcement[]>(
        Stores.Inventory, Announcements, [], etag, StateChange.FirstWrite, cancellationToken: cancellationToken);

    private static string? BucketOf(DomainEvent happened) => happened switch
    {
        PurchaseProposed proposed => BucketOf(proposed.Sku),
        PurchaseClosed closed => BucketOf(closed.Sku),
        _ => null,
    };

    // Replicas of different releases must agree, so not string.GetHashCode.
    private static string BucketOf(string sku) => s_buckets[sku.Aggregate(0, (hash, letter) => ((hash * 31) + letter) & 0xFFFF) % Buckets];

    private static Announcement Announce(DomainEvent happened)
    {
        var type = happened.GetType().Name;
        var proposalId = happened switch
        {
            StockRanLow low => low.ProposalId,
            PurchaseProposed proposed => proposed.ProposalId,
            PurchaseClosed closed => closed.ProposalId,
            _ => throw new InvalidOperationException($"{type} has no announcement"),
        };
        return new Announcement($"{type}:{proposalId}", type, JsonSerializer.SerializeToElement(happened, happened.GetType(), ContractsJson.Options));
    }
}

/// <summary>An event that is to be published; its id is the same however often that is tried.</summary>
internal sealed record Announcement(string Id, string Type, JsonElement Data);
