using System.Security.Cryptography;
using System.Text;
using Dapr.Client;
using DaprShop.Catalog.Domain;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;

namespace DaprShop.Catalog;

/// <summary>
/// Reviews by product. Those of a product are spread over several values by the customer's hash, so that a product that many review has
/// neither one value that grows too large nor one that all of them write.
/// </summary>
internal sealed class ReviewStore(EventingStore store, DaprClient dapr)
{
    private const int Buckets = 16;
    private const int MaxAttempts = 10;

    /// <summary>Stores the review and its event; the same review again does neither.</summary>
    /// <exception cref="StateConflictException">Others kept writing the same value first.</exception>
    public async Task<Review> PutAsync(
        string sku, string customerId, int rating, string? text, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var key = Key(sku, SHA256.HashData(Encoding.UTF8.GetBytes(customerId))[0] % Buckets);
        for (var attempt = 1; ; attempt++)
        {
            var stored = await store.FindAsync<Reviews>(key, cancellationToken);
            var (next, happened) = (stored?.Value ?? Reviews.None).Put(sku, customerId, rating, text, now);
            try
            {
                if (happened is not null)
                {
                    await store.SaveAsync(key, next, stored?.ETag, happened, cancellationToken);
                }

                return next.Items.Single(review => review.CustomerId == customerId);
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                // Somebody else's review came first: put this one beside it.
            }
        }
    }

    /// <summary>All reviews of these products, read in one call; a product that has none is left out.</summary>
    public async Task<IReadOnlyList<ProductReviews>> FindManyAsync(IReadOnlyList<string> skus, CancellationToken cancellationToken)
    {
        if (skus.Count == 0)
        {
            return [];
        }

        string[] keys = [.. skus.SelectMany(sku => Enumerable.Range(0, Buckets).Select(bucket => Key(sku, bucket)))];
        var stored = await dapr.GetBulkStateAsync<Reviews?>(Stores.Catalog, keys, parallelism: null, cancellationToken: cancellationToken);
        var parts = stored.ToDictionary(part => part.Key, part => part.Value?.Items ?? [], StringComparer.Ordinal);
        return
        [
            .. from sku in skus
               let reviews = Enumerable.Range(0, Buckets).SelectMany(bucket => parts[Key(sku, bucket)]).Select(ToResponse).ToList()
               where reviews.Count > 0
               select new ProductReviews(sku, reviews),
        ];
    }

    public static ReviewResponse ToResponse(Review review) => new(review.CustomerId, review.Rating, review.Text, review.At, review.Version);

    private static string Key(string sku, int bucket) => $"reviews:{sku}:{bucket}";
}
