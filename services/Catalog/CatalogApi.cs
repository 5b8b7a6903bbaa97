using DaprShop.Catalog.Domain;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Catalog;

internal static class CatalogApi
{
    private const int DefaultPage = 50;
    private const int MaxPage = 500;
    private const int MaxLookup = 1_000;

    public static void MapCatalog(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/products", Create);
        routes.MapGet("/products", List);
        routes.MapGet("/products/{sku}", Find);
        routes.MapPost("/products/lookup", LookUp);
    }

    private static async Task<Results<Created<ProductResponse>, Ok<ProductResponse>, ProblemHttpResult>> Create(
        CreateProduct request, ProductStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var wanted = Read(request);
        var (product, isNew) = await store.CreateAsync(wanted, time.GetUtcNow(), cancellationToken);
        return isNew ? TypedResults.Created($"/products/{product.Sku}", ToResponse(product))
            : product == wanted ? TypedResults.Ok(ToResponse(product))
            : ShopResults.Conflict(Problems.AlreadyExists, $"{product.Sku} is another product already");
    }

    /// <summary>In the order of the SKUs; <c>after</c> is the last SKU of the page before.</summary>
    private static async Task<Ok<Page<ProductResponse>>> List(
        ProductStore store, CancellationToken cancellationToken, string? after = null, int limit = DefaultPage)
    {
        var errors = new InputErrors();
        errors.Check(limit is >= 1 and <= MaxPage, "limit", $"is 1 to {MaxPage}");
        errors.ThrowIfAny();

        var (products, next) = await store.ListAsync(after, limit, cancellationToken);
        return TypedResults.Ok(new Page<ProductResponse>([.. products.Select(ToResponse)], next));
    }

    private static async Task<Results<Ok<ProductResponse>, ProblemHttpResult>> Find(
        string sku, ProductStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(sku, cancellationToken) is { } product
            ? TypedResults.Ok(ToResponse(product))
            : ShopResults.NotFound($"There is no product {sku}");

    private static async Task<Ok<ProductsFound>> LookUp(LookUpProducts request, ProductStore store, CancellationToken cancellationToken)
    {
        var errors = new InputErrors();
        errors.Check(request.Skus is { Count: <= MaxLookup }, "skus", $"are at most {MaxLookup}");
        errors.ThrowIfAny();

        var products = await store.FindManyAsync(request.Skus.Where(Identifiers.IsSku).Distinct(StringComparer.Ordinal), cancellationToken);
        return TypedResults.Ok(new ProductsFound([.. products.Select(ToResponse)]));
    }

    private static Product Read(CreateProduct request)
    {
        var errors = new InputErrors();
        Product? product = null;
        if (errors.Check(request.Price is not null, "price", "is required") && errors.Try("price", () => request.Price!.ToMoney()) is { } price)
        {
            product = errors.Try("", () => new Product(request.Sku, request.Name, price));
        }

        errors.ThrowIfAny();
        return product!;
    }

    private static ProductResponse ToResponse(Product product) =>
        new(product.Sku, product.Name, product.Price.ToContract(), product.Discontinued);
}
