namespace DaprShop.Search.Domain;

/// <summary>A question for products that can be bought. What is not given does not matter.</summary>
public sealed record ProductQuery
{
    public const int DefaultPageSize = 20;
    public const int MaxPageSize = 100;
    public const int MaxPage = 1_000;

    public string? Term { get; init; }

    public string? Category { get; init; }

    public decimal? MinPrice { get; init; }

    public decimal? MaxPrice { get; init; }

    /// <summary>ISO 4217; needed with a price.</summary>
    public string? Currency { get; init; }

    /// <summary>One of <see cref="ProductOrders.Names"/>; the most relevant first if there is a term, else by name.</summary>
    public string? Sort { get; init; }

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    public int PageSize { get; init; } = DefaultPageSize;

    /// <summary>What is wrong with it, by field; empty when nothing is.</summary>
    public IEnumerable<(string Field, string Message)> Errors()
    {
        (bool Holds, string Field, string Message)[] rules =
        [
            (Term is not { Length: > SearchTerm.MaxLength }, "term", $"has more than {SearchTerm.MaxLength} characters"),
            (MinPrice is not < 0, "minPrice", "is not negative"),
            (MaxPrice is not < 0, "maxPrice", "is not negative"),
            (!(MinPrice > MaxPrice), "maxPrice", "is not below minPrice"),
            (Currency is null || DaprShop.Domain.Currency.IsKnown(Currency), "currency", "is an ISO 4217 currency"),
            (Currency is not null || (MinPrice ?? MaxPrice) is null, "currency", "is needed with a price"),
            (Sort is null || ProductOrders.Find(Sort) is not null, "sort", $"is one of {string.Join(", ", ProductOrders.Names)}"),
            (Page is >= 1 and <= MaxPage, "page", $"is 1 to {MaxPage}"),
            (PageSize is >= 1 and <= MaxPageSize, "pageSize", $"is 1 to {MaxPageSize}"),
        ];
        return rules.Where(rule => !rule.Holds).Select(rule => (rule.Field, rule.Message));
    }
}
