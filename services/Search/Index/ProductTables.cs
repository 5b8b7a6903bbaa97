using System.Globalization;
using DaprShop.Contracts;

namespace DaprShop.Search.Index;

/// <summary>
/// What changes in one generation of the tables. Every change says which version it is of, and an older one does not undo a newer one: in
/// whatever order, and however often, the same changes give the same tables.
/// </summary>
internal sealed class ProductTables(IndexSession session, long generation)
{
    public void Create(string sku, string name, string? category, string? description)
    {
        Ensure(sku);
        if (session.Execute(
            $"UPDATE product_{generation} SET name = $2, category = $3, description = $4 WHERE sku = $1 AND name IS NULL",
            sku, name, category, description) == 1)
        {
            // These texts never change once they are there, and the full-text index has those of the products that are sold, no others.
            session.Execute(
                $"""
                INSERT INTO text_{generation}(rowid, name, category, description, sku)
                SELECT id, name, category, description, sku FROM product_{generation} WHERE sku = $1 AND discontinued = 0
                """,
                sku);
        }
    }

    public void SetPrice(string sku, MoneyAmount price, Stamp stamp)
    {
        Ensure(sku);
        session.Execute(
            $"""
            UPDATE product_{generation} SET price = $2, currency = $3, amount = $4, price_version = $5, price_at = $6
            WHERE sku = $1 AND (price_version, price_at) < ($5, $6)
            """,
            sku, price.Amount.ToString(CultureInfo.InvariantCulture), price.Currency, (double)price.Amount, stamp.Version, stamp.Milliseconds);
    }

    public void Discontinue(string sku)
    {
        Ensure(sku);
        if (session.Execute($"UPDATE product_{generation} SET discontinued = 1 WHERE sku = $1 AND discontinued = 0", sku) == 1)
        {
            session.Execute(
                $"""
                INSERT INTO text_{generation}(text_{generation}, rowid, name, category, description, sku)
                SELECT 'delete', id, name, category, description, sku FROM product_{generation} WHERE sku = $1 AND name IS NOT NULL
                """,
                sku);
        }
    }

    public void Review(string sku, string customer, int rating, Stamp stamp)
    {
        Ensure(sku);
        var before = session.Query(
            $"SELECT rating FROM review_{generation} WHERE sku = $1 AND customer = $2", row => row.GetInt32(0), sku, customer);
        if (session.Execute(
            $"""
            INSERT INTO review_{generation}(sku, customer, rating, version, at) VALUES($1, $2, $3, $4, $5)
            ON CONFLICT(sku, customer) DO UPDATE SET rating = excluded.rating, version = excluded.version, at = excluded.at
            WHERE (version, at) < (excluded.version, excluded.at)
            """,
            sku, customer, rating, stamp.Version, stamp.Milliseconds) == 1)
        {
            session.Execute(
                $"UPDATE product_{generation} SET reviews = reviews + $2, stars = stars + $3 WHERE sku = $1",
                sku, before.Count == 0 ? 1 : 0, rating - before.Sum());
        }
    }

    /// <summary>More units sold, or fewer. The caller sees to it that it happens once.</summary>
    public void Sell(string sku, int units) =>
        session.Execute($"UPDATE product_{generation} SET sold = sold + $2 WHERE sku = $1", sku, units);

    private void Ensure(string sku) => session.Execute(
        $"""
        INSERT INTO product_{generation}(sku, sold) VALUES($1, coalesce((SELECT units FROM sold WHERE sku = $1), 0))
        ON CONFLICT(sku) DO NOTHING
        """,
        sku);
}

/// <summary>Which of two changes is the newer: that of the higher version, or the later one where they have none.</summary>
internal readonly record struct Stamp(long Version, DateTimeOffset At)
{
    public long Milliseconds => At.ToUnixTimeMilliseconds();
}
