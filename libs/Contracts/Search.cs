namespace DaprShop.Contracts;

/// <summary>A product as it is found. The rating is the average of its reviews, absent without any.</summary>
public sealed record FoundProduct(
    string Sku,
    string Name,
    MoneyAmount Price,
    bool Discontinued,
    string? Category,
    string? Description,
    double? Rating,
    long Reviews);

/// <summary>GET /search/products: one page, and how many there are on all of them.</summary>
public sealed record SearchResults(IReadOnlyList<FoundProduct> Items, long Total, int Page, int PageSize);

/// <summary>GET /search/popular: what was sold most, that first.</summary>
public sealed record PopularProducts(IReadOnlyList<PopularProduct> Items);

/// <summary>Sold are the units of confirmed orders, less those that came back.</summary>
public sealed record PopularProduct(FoundProduct Product, long Sold);

/// <summary>GET /search/categories.</summary>
public sealed record CategoryCounts(IReadOnlyList<CategoryCount> Categories);

public sealed record CategoryCount(string Category, long Products);

/// <summary>POST and GET /search/rebuild: waiting, running, or finished once the new read model has taken the place of the old.</summary>
public sealed record RebuildResponse(string Id, string State, long Products, long Reviews, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt);
