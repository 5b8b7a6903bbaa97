using DaprShop.Catalog.Domain;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Catalog;

/// <summary>What can be asked; <see cref="CatalogCommands"/> is what can be changed.</summary>
internal static class CatalogApi
{
    private const int DefaultPage = 50;
    private const int MaxPage = 500;
    private const int MaxLookup = 1_000;

    public static void MapCatalog(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/products", List);
        routes.MapGet("/products/{sku}", Find);
        routes.MapPost("/products/lookup", LookUp);

        // It names the customers.
        routes.MapGet("/reviews", ListReviews).ForStaff();
    }

    internal static ProductResponse ToResponse(Product product) => new(
        product.Sku, product.Name, product.Price.ToContract(), product.Discontinued, product.Category, product.Description, product.Version);

    internal static ProblemHttpResult NotFound(string sku) => ShopResults.NotFound($"There is no product {sku}");

    /// <summary>In the order of the SKUs; <c>after</c> is the last SKU of the page before.</summary>
    private static async Task<Ok<Page<ProductResponse>>> List(
        ProductStore store, CancellationToken cancellationToken, string? after = null, int limit = DefaultPage)
    {
        CheckLimit(limit);
        var (products, next) = await store.ListAsync(after, limit, cancellationToken);
        return TypedResults.Ok(new Page<ProductResponse>([.. products.Select(ToResponse)], next));
    }

    /// <summary>Page by page as the products are; a product without reviews is left out.</summary>
    private static async Task<Ok<Page<ProductReviews>>> ListReviews(
        ProductStore store, ReviewStore reviews, CancellationToken cancellationToken, string? after = null, int limit = DefaultPage)
    {
        CheckLimit(limit);
        var (skus, next) = await store.ListSkusAsync(after, limit, cancellationToken);
        return TypedResults.Ok(new Page<ProductReviews>(await reviews.FindManyAsync(skus, cancellationToken), next));
    }

    private static async Task<Results<Ok<ProductResponse>, ProblemHttpResult>> Find(
        string sku, ProductStore store, HttpResponse response, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(sku, cancellationToken) is not { } product)
        {
            return NotFound(sku);
        }

        response.Headers.ETag = $"\"{product.Version}\"";
        return TypedResults.Ok(ToResponse(product));
    }

    private static async Task<Ok<ProductsFound>> LookUp(LookUpProducts request, ProductStore store, CancellationToken cancellationToken)
    {
        var errors = new InputErrors();
        errors.Check(request.Skus is { Count: <= MaxLookup }, "skus", $"are at most {MaxLookup}");
        errors.ThrowIfAny();

        var products = await store.FindManyAsync(request.Skus.Where(Identifiers.IsSku).Distinct(StringComparer.Ordinal), cancellationToken);
        return TypedResults.Ok(new ProductsFound([.. products.Select(ToResponse)]));
    }

    private static void CheckLimit(int limit)
    {
        var errors = new InputErrors();
        errors.Check(limit is >= 1 and <= MaxPage, "limit", $"is 1 to {MaxPage}");
        errors.ThrowIfAny();
    }
}
