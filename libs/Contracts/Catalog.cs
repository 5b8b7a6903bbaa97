using DaprShop.Domain;

namespace DaprShop.Contracts;

/// <summary>POST /products.</summary>
public sealed record CreateProduct(string Sku, string Name, MoneyAmount Price);

public sealed record ProductResponse(string Sku, string Name, MoneyAmount Price, bool Discontinued);

/// <summary>POST /products/lookup: several products in one call.</summary>
public sealed record LookUpProducts(IReadOnlyList<string> Skus);

/// <summary>The products that exist, in no particular order; unknown SKUs are left out.</summary>
public sealed record ProductsFound(IReadOnlyList<ProductResponse> Products);

/// <summary>Topic catalog.</summary>
public sealed record ProductCreated(string Sku, string Name, MoneyAmount Price, DateTimeOffset At) : DomainEvent(At);
