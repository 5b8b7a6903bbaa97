using Dapr.Client;
using DaprShop.Catalog.Domain;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Catalog;

/// <summary>Products by SKU.</summary>
internal sealed class ProductStore(EventingStore store, DaprClient dapr, SkuIndex index)
{
    public async Task<Product?> FindAsync(string sku, CancellationToken cancellationToken) =>
        Identifiers.IsSku(sku) ? (await store.FindAsync<Product>(Key(sku), cancellationToken))?.Value : null;

    /// <summary>The products that exist, read in one call, in no particular order.</summary>
    public async Task<IReadOnlyList<Product>> FindManyAsync(IEnumerable<string> skus, CancellationToken cancellationToken)
    {
        var keys = skus.Select(Key).ToList();
        if (keys.Count == 0)
        {
            return [];
        }

        var items = await dapr.GetBulkStateAsync<Product?>(Stores.Catalog, keys, parallelism: null, cancellationToken: cancellationToken);
        return [.. items.Select(item => item.Value).OfType<Product>()];
    }

    /// <summary>A page in the order of the SKUs, and the token of the next; null on the last.</summary>
    public async Task<(IReadOnlyList<Product> Products, string? Next)> ListAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        var skus = await index.ListAsync(after, limit + 1, cancellationToken);
        var page = skus.Take(limit).ToList();
        var products = await FindManyAsync(page, cancellationToken);
        return ([.. products.OrderBy(product => product.Sku, StringComparer.Ordinal)], skus.Count > limit ? page[^1] : null);
    }

    /// <summary>Stores the product and its event, unless the SKU is taken: then the product that has it is returned.</summary>
    public async Task<(Product Product, bool IsNew)> CreateAsync(Product product, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await FindAsync(product.Sku, cancellationToken) is { } known)
        {
            return (known, false);
        }

        // The index comes first: a crash in between leaves an entry without a product, which a list passes over, and never a product
        // that no list shows. Both in one transaction would not do: the outbox publishes everything that a transaction writes.
        await index.AddAsync(product.Sku, cancellationToken);
        try
        {
            var created = new ProductCreated(product.Sku, product.Name, product.Price.ToContract(), now);
            await store.SaveAsync(Key(product.Sku), product, etag: null, created, cancellationToken);
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
