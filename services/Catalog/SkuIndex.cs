using System.Security.Cryptography;
using System.Text;
using Dapr.Client;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;

namespace DaprShop.Catalog;

/// <summary>
/// All SKUs, because Dapr's state has no listing. They are spread by their hash over a fixed number of values, so that products
/// created at the same time seldom write the same one, and a list reads them all in one call.
/// </summary>
internal sealed class SkuIndex(EventingStore store, DaprClient dapr, TimeProvider time)
{
    private const int Buckets = 64;
    private const int MaxAttempts = 12;

    private static readonly string[] s_keys = [.. Enumerable.Range(0, Buckets).Select(Key)];

    /// <summary>The first <paramref name="count"/> SKUs behind <paramref name="after"/>, in their order.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string? after, int count, CancellationToken cancellationToken)
    {
        var buckets = await dapr.GetBulkStateAsync<Bucket?>(Stores.Catalog, s_keys, parallelism: null, cancellationToken: cancellationToken);
        return
        [
            .. buckets.SelectMany(bucket => bucket.Value?.Skus ?? [])
                .Where(sku => after is null || string.CompareOrdinal(sku, after) > 0)
                .Order(StringComparer.Ordinal)
                .Take(count),
        ];
    }

    /// <summary>Adds a SKU; one that is there already changes nothing.</summary>
    /// <exception cref="StateConflictException">Others kept writing the same value first.</exception>
    public async Task AddAsync(string sku, CancellationToken cancellationToken)
    {
        var key = Key(SHA256.HashData(Encoding.UTF8.GetBytes(sku))[0] % Buckets);
        for (var attempt = 1; ; attempt++)
        {
            var stored = await store.FindAsync<Bucket>(key, cancellationToken);
            var skus = stored?.Value.Skus ?? [];
            if (skus.Contains(sku))
            {
                return;
            }

            try
            {
                await store.SaveQuietlyAsync(key, new Bucket([.. skus, sku]), stored?.ETag, cancellationToken);
                return;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 10 * attempt)), time, cancellationToken);
            }
        }
    }

    private static string Key(int bucket) => $"skus:{bucket}";

    internal sealed record Bucket(IReadOnlyList<string> Skus);
}
