using System.Globalization;
using DaprShop.Contracts;
using DaprShop.Search.Domain;
using Microsoft.Data.Sqlite;

namespace DaprShop.Search.Index;

/// <summary>Asks the read model. Each question is answered from one state of it, even in the moment of a rebuild's swap.</summary>
internal sealed class ProductQueries(IndexFile file)
{
    private const string Columns = "p.sku, p.name, p.price, p.currency, p.discontinued, p.category, p.description, p.rating, p.reviews";

    // Word by word as in the indexes, or SQLite does not use them.
    private const string IsListed = "p.name IS NOT NULL AND p.discontinued = 0";

    // An FTS5 expression that nothing matches.
    private const string NoWord = "\"\"";

    public Edition Edition => file.Read(Index.Edition.Read);

    /// <summary>Whether it is still sold or not; null when there is no such product.</summary>
    public FoundProduct? Find(string sku) => file.Read(session => session.Query(
        $"SELECT {Columns} FROM {Products(session)} p WHERE p.sku = $1 AND p.name IS NOT NULL", Map, sku)).SingleOrDefault();

    public SearchResults Search(ProductQuery query) => file.Read(session =>
    {
        var generation = Index.Edition.Read(session).Active;
        var match = query.Term is { Length: > 0 } term ? SearchTerm.ToMatch(term) ?? NoWord : null;
        if (match is not null && query is { Category: null, Currency: null } && IsByRelevance(query))
        {
            return ByText(session, generation, match, query);
        }

        // The text first (CROSS JOIN keeps the order): to ask it about one product after the other takes seconds.
        var from = match is null ? $"product_{generation} p" : $"text_{generation} t CROSS JOIN product_{generation} p ON p.id = t.rowid";
        (string Sql, object? Value)[] conditions =
        [
            ($"text_{generation} MATCH", match),
            ("p.category =", query.Category),
            ("p.currency =", query.Currency),
            ("p.amount >=", (double?)query.MinPrice),
            ("p.amount <=", (double?)query.MaxPrice),
        ];
        var given = conditions.Where(condition => condition.Value is not null).ToArray();
        object?[] values = [.. given.Select(condition => condition.Value)];
        var where = string.Join(" AND ", given.Select((condition, i) => $"{condition.Sql} ${i + 1}").Append(IsListed));

        var total = session.Count($"SELECT count(*) FROM {from} WHERE {where}", values);
        var items = session.Query(
            $"""
            SELECT {Columns} FROM {from} WHERE {where} ORDER BY {OrderBy(query, hasTerm: match is not null)}
            LIMIT ${values.Length + 1} OFFSET ${values.Length + 2}
            """,
            Map,
            [.. values, query.PageSize, (query.Page - 1) * query.PageSize]);
        return new SearchResults(items, total, query.Page, query.PageSize);
    });

    public PopularProducts Popular(int limit) => new(file.Read(session => session.Query(
        $"SELECT {Columns}, p.sold FROM {Products(session)} p WHERE {IsListed} AND p.sold > 0 ORDER BY p.sold DESC, p.sku DESC LIMIT $1",
        row => new PopularProduct(Map(row), row.GetInt64(9)),
        limit)));

    public CategoryCounts Categories() => new(file.Read(session => session.Query(
        $"SELECT p.category, count(*) FROM {Products(session)} p WHERE {IsListed} AND p.category IS NOT NULL GROUP BY p.category ORDER BY p.category",
        row => new CategoryCount(row.GetString(0), row.GetInt64(1)))));

    // The full-text index has what is sold and nothing else, so it counts and sorts alone: only the page's products are looked up.
    private static SearchResults ByText(IndexSession session, long generation, string match, ProductQuery query) => new(
        session.Query(
            $"""
            SELECT {Columns} FROM (
                SELECT rowid, rank FROM text_{generation} WHERE text_{generation} MATCH $1 ORDER BY rank, rowid LIMIT $2 OFFSET $3) t
            JOIN product_{generation} p ON p.id = t.rowid ORDER BY t.rank, t.rowid
            """,
            Map,
            match, query.PageSize, (query.Page - 1) * query.PageSize),
        session.Count($"SELECT count(*) FROM text_{generation} WHERE text_{generation} MATCH $1", match),
        query.Page,
        query.PageSize);

    private static bool IsByRelevance(ProductQuery query) => ProductOrders.Find(query.Sort) is ProductOrder.Relevance or null;

    private static string Products(IndexSession session) => $"product_{Index.Edition.Read(session).Active}";

    // Each ends with what is unique, so that pages neither overlap nor leave a product out, and all of its columns in one direction.
    private static string OrderBy(ProductQuery query, bool hasTerm) => ProductOrders.Find(query.Sort) switch
    {
        ProductOrder.Price => "p.currency, p.amount, p.sku",
        ProductOrder.PriceDescending => "p.currency DESC, p.amount DESC, p.sku DESC",
        ProductOrder.Rating => "p.rating DESC, p.reviews DESC, p.sku DESC",
        ProductOrder.Popular => "p.sold DESC, p.sku DESC",
        ProductOrder.Relevance or null when hasTerm => "t.rank, p.id",
        _ => "p.name COLLATE NOCASE, p.sku",
    };

    private static FoundProduct Map(SqliteDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        new MoneyAmount(decimal.Parse(row.GetString(2), CultureInfo.InvariantCulture), row.GetString(3)),
        row.GetBoolean(4),
        row.IsDBNull(5) ? null : row.GetString(5),
        row.IsDBNull(6) ? null : row.GetString(6),
        row.IsDBNull(7) ? null : Math.Round(row.GetDouble(7), 2),
        row.GetInt64(8));
}
