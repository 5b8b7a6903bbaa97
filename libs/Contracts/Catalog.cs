using DaprShop.Domain;

namespace DaprShop.Contracts;

/// <summary>POST /products.</summary>
public sealed record CreateProduct(string Sku, string Name, MoneyAmount Price, string? Category = null, string? Description = null);

public sealed record ProductResponse(string Sku, string Name, MoneyAmount Price, bool Discontinued);

/// <summary>POST /products/lookup: several products in one call.</summary>
public sealed record LookUpProducts(IReadOnlyList<string> Skus);

/// <summary>The products that exist, in no particular order; unknown SKUs are left out.</summary>
public sealed record ProductsFound(IReadOnlyList<ProductResponse> Products);

/// <summary>Topic catalog.</summary>
public sealed record ProductCreated(
    string Sku, string Name, MoneyAmount Price, DateTimeOffset At, string? Category = null, string? Description = null) : DomainEvent(At);

/// <summary>Topic catalog.</summary>
public sealed record ProductPriceChanged(string Sku, MoneyAmount OldPrice, MoneyAmount Price, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic catalog: it is not sold any more.</summary>
public sealed record ProductDiscontinued(string Sku, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic catalog: a customer's rating, 1 to 5; a second one by the same customer replaces the first.</summary>
public sealed record ProductReviewed(string Sku, string CustomerId, int Rating, string? Text, DateTimeOffset At) : DomainEvent(At);
