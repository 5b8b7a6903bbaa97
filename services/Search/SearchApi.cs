using DaprShop.Contracts;
using DaprShop.Search.Caching;
using DaprShop.Search.Domain;
using DaprShop.Search.Index;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Search;

internal static class SearchApi
{
    private const int DefaultPopular = 10;
    private const int MaxPopular = 100;

    public static void MapSearch(this IEndpointRouteBuilder routes)
    {
        var search = routes.MapGroup("/search");
        search.MapGet("/products", Search);
        search.MapGet("/products/{sku}", Find);
        search.MapGet("/popular", Popular);
        search.MapGet("/categories", Categories);
    }

    private static async Task<Ok<SearchResults>> Search(
        AnswerCache cache,
        ProductQueries queries,
        HttpResponse response,
        CancellationToken cancellationToken,
        string? term = null,
        string? category = null,
        decimal? minPrice = null,
        decimal? maxPrice = null,
        string? currency = null,
        string? sort = null,
        int page = 1,
        int pageSize = ProductQuery.DefaultPageSize)
    {
        var query = new ProductQuery
        {
            Term = Given(term),
            Category = Given(category),
            MinPrice = minPrice,
            MaxPrice = maxPrice,
            Currency = Given(currency),
            Sort = Given(sort),
            Page = page,
            PageSize = pageSize,
        };
        var errors = new InputErrors();
        foreach (var (field, message) in query.Errors())
        {
            errors.Add(field, message);
        }

        errors.ThrowIfAny();
        var bySales = ProductOrders.Find(query.Sort) == ProductOrder.Popular;
        return TypedResults.Ok(await cache.GetAsync(response, query, bySales, () => queries.Search(query), cancellationToken));
    }

    private static async Task<Results<Ok<FoundProduct>, ProblemHttpResult>> Find(
        string sku, AnswerCache cache, ProductQueries queries, HttpResponse response, CancellationToken cancellationToken) =>
        await cache.GetAsync(response, new { sku }, withSales: false, () => queries.Find(sku), cancellationToken) is { } product
            ? TypedResults.Ok(product)
            : ShopResults.NotFound($"There is no product {sku}");

    private static async Task<Ok<PopularProducts>> Popular(
        AnswerCache cache, ProductQueries queries, HttpResponse response, CancellationToken cancellationToken, int limit = DefaultPopular)
    {
        var errors = new InputErrors();
        errors.Check(limit is >= 1 and <= MaxPopular, "limit", $"is 1 to {MaxPopular}");
        errors.ThrowIfAny();
        return TypedResults.Ok(await cache.GetAsync(response, new { limit }, withSales: true, () => queries.Popular(limit), cancellationToken));
    }

    private static async Task<Ok<CategoryCounts>> Categories(
        AnswerCache cache, ProductQueries queries, HttpResponse response, CancellationToken cancellationToken) =>
        TypedResults.Ok(await cache.GetAsync(response, "categories", withSales: false, queries.Categories, cancellationToken));

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
