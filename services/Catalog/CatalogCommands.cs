using DaprShop.Catalog.Domain;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Catalog;

/// <summary>What can be changed: by staff, but for the reviews, which are the customers'.</summary>
internal static class CatalogCommands
{
    public static void MapCatalogCommands(this IEndpointRouteBuilder routes)
    {
        var products = routes.MapGroup("/products").ForStaff();
        products.MapPost("", Create);
        products.MapPut("/{sku}/price", ChangePrice);
        products.MapPost("/{sku}/discontinuation", Discontinue);

        routes.MapPost("/products/{sku}/reviews", Review);
    }

    private static async Task<Results<Created<ProductResponse>, Ok<ProductResponse>, ProblemHttpResult>> Create(
        CreateProduct request, ProductStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var wanted = Read(request);
        var (product, isNew) = await store.CreateAsync(wanted, time.GetUtcNow(), cancellationToken);
        return isNew ? TypedResults.Created($"/products/{product.Sku}", CatalogApi.ToResponse(product))
            : product.IsCreatedAs(wanted) ? TypedResults.Ok(CatalogApi.ToResponse(product))
            : ShopResults.Conflict(Problems.AlreadyExists, $"{product.Sku} is another product already");
    }

    /// <summary>With <c>If-Match: "3"</c> only if nobody has changed the product since version 3.</summary>
    private static Task<Results<Ok<ProductResponse>, ProblemHttpResult>> ChangePrice(
        string sku, ChangePrice request, HttpRequest http, ProductStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new InputErrors();
        var price = errors.Check(request.Price is not null, "price", "is required") ? errors.Try("price", () => request.Price!.ToMoney()) : null;
        var expected = ExpectedVersion(http, errors);
        errors.ThrowIfAny();
        return ChangeAsync(sku, expected, store, product => product.ChangePrice(price!, time.GetUtcNow()), cancellationToken);
    }

    private static Task<Results<Ok<ProductResponse>, ProblemHttpResult>> Discontinue(
        string sku, HttpRequest http, ProductStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new InputErrors();
        var expected = ExpectedVersion(http, errors);
        errors.ThrowIfAny();
        return ChangeAsync(sku, expected, store, product => product.Discontinue(time.GetUtcNow()), cancellationToken);
    }

    private static async Task<Results<Ok<ReviewResponse>, ProblemHttpResult>> Review(
        string sku, ReviewProduct request, Caller caller, ProductStore store, ReviewStore reviews, TimeProvider time, CancellationToken cancellationToken)
    {
        // The customer is whoever is signed in; only those who act for others may name one.
        var customerId = caller.MayOperate ? request.CustomerId ?? caller.UserId : caller.UserId;
        if (customerId is null && !caller.MayOperate)
        {
            return TypedResults.Problem(
                "A review needs a customer who is signed in", statusCode: StatusCodes.Status401Unauthorized, type: Problems.TypeOf(Problems.Unauthorized));
        }

        var errors = new InputErrors();
        errors.Check(Identifiers.IsId(customerId), "customerId", Identifiers.IdRule);
        errors.Try("", () => new Review(customerId ?? "", request.Rating, request.Text, default, 1));
        errors.ThrowIfAny();

        return await store.FindAsync(sku, cancellationToken) is null
            ? CatalogApi.NotFound(sku)
            : TypedResults.Ok(ReviewStore.ToResponse(
                await reviews.PutAsync(sku, customerId!, request.Rating, request.Text, time.GetUtcNow(), cancellationToken)));
    }

    private static async Task<Results<Ok<ProductResponse>, ProblemHttpResult>> ChangeAsync(
        string sku, long? expected, ProductStore store, Func<Product, Decision<Product>> decide, CancellationToken cancellationToken) =>
        await store.ChangeAsync(sku, expected, decide, cancellationToken) is { } product
            ? TypedResults.Ok(CatalogApi.ToResponse(product))
            : CatalogApi.NotFound(sku);

    private static long? ExpectedVersion(HttpRequest http, InputErrors errors)
    {
        if (http.Headers.IfMatch is not [{ } tag])
        {
            return null;
        }

        var isVersion = long.TryParse(tag.Trim('"'), out var version);
        errors.Check(isVersion, "If-Match", "is a version of the product, such as \"3\"");
        return version;
    }

    private static Product Read(CreateProduct request)
    {
        var errors = new InputErrors();
        Product? product = null;
        if (errors.Check(request.Price is not null, "price", "is required") && errors.Try("price", () => request.Price!.ToMoney()) is { } price)
        {
            product = errors.Try("", () => new Product(
                request.Sku, request.Name, price, category: request.Category, description: request.Description));
        }

        errors.ThrowIfAny();
        return product!;
    }
}
