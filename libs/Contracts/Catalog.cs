using DaprShop.Domain;

namespace DaprShop.Contracts;

/// <summary>POST /products.</summary>
public sealed record CreateProduct(string Sku, string Name, MoneyAmount Price, string? Category = null, string? Description = null);

/// <summary>The version counts the product's changes; it is also the ETag of GET /products/{sku}.</summary>
public sealed record ProductResponse(
    string Sku, string Name, MoneyAmount Price, bool Discontinued, string? Category = null, string? Description = null, long Version = 1);

/// <summary>PUT /products/{sku}/price.</summary>
public sealed record ChangePrice(MoneyAmount Price);

/// <summary>POST /products/{sku}/reviews: 1 to 5. The customer is the caller; only staff and services name one.</summary>
public sealed record ReviewProduct(int Rating, string? Text = null, string? CustomerId = null);

public sealed record ReviewResponse(string CustomerId, int Rating, string? Text, DateTimeOffset At, long Version);

/// <summary>An item of GET /reviews.</summary>
public sealed record ProductReviews(string Sku, IReadOnlyList<ReviewResponse> Reviews);

/// <summary>POST /products/lookup: several products in one call.</summary>
public sealed record LookUpProducts(IReadOnlyList<string> Skus);

/// <summary>The products that exist, in no particular order; unknown SKUs are left out.</summary>
public sealed record ProductsFound(IReadOnlyList<ProductResponse> Products);

/// <summary>Topic catalog.</summary>
public sealed record ProductCreated(
    string Sku, string Name, MoneyAmount Price, DateTimeOffset At, string? Category = null, string? Description = null, long Version = 1)
    : DomainEvent(At);

/// <summary>Topic catalog. Of two the one with the higher version is the newer.</summary>
public sealed record ProductPriceChanged(string Sku, MoneyAmount OldPrice, MoneyAmount Price, DateTimeOffset At, long Version = 0) : DomainEvent(At);

/// <summary>Topic catalog: it is not sold any more.</summary>
public sealed record ProductDiscontinued(string Sku, DateTimeOffset At, long Version = 0) : DomainEvent(At);

/// <summary>Topic catalog: a customer's rating, 1 to 5; a second one by the same customer, of a higher version, replaces the first.</summary>
public sealed record ProductReviewed(string Sku, string CustomerId, int Rating, string? Text, DateTimeOffset At, long Version = 0) : DomainEvent(At);
