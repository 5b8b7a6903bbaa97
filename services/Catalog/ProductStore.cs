using DaprShop.Catalog.Domain;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Catalog;

/// <summary>Products by SKU.</summary>
internal sealed class ProductStore(EventingStore store, KeyIndex index)
{
    private const int MaxAttempts = 10;

    public async Task<Product?> FindAsync(string sku, CancellationToken cancellationToken) =>
        Identifiers.IsSku(sku) ? (await store.FindAsync<Product>(Key(sku), cancellationToken))?.Value : null;

    /// <summary>The products that exist, read in one call, in no particular order.</summary>
    public Task<IReadOnlyList<Product>> FindManyAsync(IEnumerable<string> skus, CancellationToken cancellationToken) =>
        store.FindManyAsync<Product>([.. skus.Select(Key)], cancellationToken);

    /// <summary>A page in the order of the SKUs, and the token of the next; null on the last.</summary>
    public async Task<(IReadOnlyList<Product> Products, string? Next)> ListAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        var (skus, next) = await ListSkusAsync(after, limit, cancellationToken);
        var products = await FindManyAsync(skus, cancellationToken);
        return ([.. products.OrderBy(product => product.Sku, StringComparer.Ordinal)], next);
    }

    /// <inheritdoc cref="ListAsync"/>
    public async Task<(IReadOnlyList<string> Skus, string? Next)> ListSkusAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        var skus = await index.ListAsync(after, limit + 1, cancellationToken);
        return skus.Count > limit ? ([.. skus.Take(limit)], skus[limit - 1]) : (skus, null);
    }

    /// <summary>
    /// Loads a product, decides, and saves it with the event; when another write came in between, does so again. Null when there is no such
    /// product.
    /// </summary>
    /// <exception cref="DomainException">The product is not at the version that the caller has seen (version-conflict).</exception>
    /// <exception cref="StateConflictException">Other writes came in between again and again.</exception>
    public async Task<Product?> ChangeAsync(
        string sku, long? expectedVersion, Func<Product, Decision<Product>> decide, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (!Identifiers.IsSku(sku) || await store.FindAsync<Product>(Key(sku), cancellationToken) is not { } stored)
            {
                return null;
            }

            if (expectedVersion is not null && expectedVersion != stored.Value.Version)
            {
                throw new DomainException(Problems.VersionConflict, $"{sku} is at version {stored.Value.Version}, not {expectedVersion}");
            }

            var (next, happened) = decide(stored.Value);
            try
            {
                if (happened is not null)
                {
                    await store.SaveAsync(Key(sku), next, stored.ETag, happened, cancellationToken);
                }

                return next;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                // Load and decide again: the other write may have changed what this decision is.
            }
        }
    }

    /// <summary>Stores the product and its event, unless the SKU is taken: then the product that has it is returned.</summary>
    public async Task<(Product Product, bool IsNew)> CreateAsync(Product product, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await FindAsync(product.Sku, cancellationToken) is { } known)
        {
            return (known, false);
        }

        await index.AddAsync(product.Sku, cancellationToken);
        try
        {
            await store.SaveAsync(Key(product.Sku), product, etag: null, product.Created(now), cancellationToken);
            return (product, true);
        }
        catch (StateConflictException)
        {
            var first = await FindAsync(product.Sku, cancellationToken);
            return (first ?? throw new StateConflictException(product.Sku), false);
        }
    }

    private static string Key(string sku) => $"product:{sku}";
}
