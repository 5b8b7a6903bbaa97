namespace DaprShop.Search.Index;

/// <summary>
/// The tables. Those of the read model have a generation in their names: a rebuild fills the next one while the one before is read.
/// </summary>
internal static class IndexSchema
{
    // The edition counts the changes of the catalogue's and the sales' part: a cached answer is one of its edition.
    private const string Common = """
        CREATE TABLE IF NOT EXISTS edition(
            id INTEGER PRIMARY KEY CHECK(id = 0),
            file TEXT NOT NULL,
            catalog INTEGER NOT NULL,
            sales INTEGER NOT NULL,
            active INTEGER NOT NULL,
            building INTEGER,
            last INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS handled(source TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY(source, id)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS sold(sku TEXT NOT NULL PRIMARY KEY, units INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS rebuild(
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            products INTEGER NOT NULL,
            reviews INTEGER NOT NULL,
            started INTEGER NOT NULL,
            finished INTEGER,
            owner TEXT,
            heartbeat INTEGER NOT NULL);
        """;

    /// <summary>Makes what is missing; says whether the index is new.</summary>
    public static bool Create(IndexSession session)
    {
        session.ExecuteAll(Common);
        var isNew = session.Execute(
            "INSERT OR IGNORE INTO edition(id, file, catalog, sales, active, building, last) VALUES(0, $1, 0, 0, 1, NULL, 1)",
            Guid.NewGuid().ToString("N")) == 1;
        if (isNew)
        {
            CreateGeneration(session, 1);
        }

        return isNew;
    }

    /// <summary>
    /// Empty tables. A product of which only later events have come yet has no name and is not shown. Prices and ratings keep the version
    /// that they are of.
    /// </summary>
    public static void CreateGeneration(IndexSession session, long generation) => session.ExecuteAll($"""
        CREATE TABLE product_{generation}(
            id INTEGER PRIMARY KEY,
            sku TEXT NOT NULL UNIQUE,
            name TEXT,
            category TEXT COLLATE NOCASE,
            description TEXT,
            price TEXT,
            currency TEXT,
            amount REAL,
            price_version INTEGER NOT NULL DEFAULT -1,
            price_at INTEGER NOT NULL DEFAULT 0,
            discontinued INTEGER NOT NULL DEFAULT 0,
            reviews INTEGER NOT NULL DEFAULT 0,
            stars INTEGER NOT NULL DEFAULT 0,
            rating REAL AS (CASE WHEN reviews > 0 THEN stars * 1.0 / reviews END),
            sold INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX product_{generation}_name ON product_{generation}(name COLLATE NOCASE, sku) WHERE name IS NOT NULL AND discontinued = 0;
        CREATE INDEX product_{generation}_price ON product_{generation}(currency, amount, sku) WHERE name IS NOT NULL AND discontinued = 0;
        CREATE INDEX product_{generation}_rating ON product_{generation}(rating, reviews, sku) WHERE name IS NOT NULL AND discontinued = 0;
        CREATE INDEX product_{generation}_sold ON product_{generation}(sold, sku) WHERE name IS NOT NULL AND discontinued = 0;
        CREATE INDEX product_{generation}_category ON product_{generation}(category, name COLLATE NOCASE, sku)
            WHERE name IS NOT NULL AND discontinued = 0;
        CREATE INDEX product_{generation}_category_price ON product_{generation}(category, currency, amount)
            WHERE name IS NOT NULL AND discontinued = 0;
        CREATE TABLE review_{generation}(
            sku TEXT NOT NULL,
            customer TEXT NOT NULL,
            rating INTEGER NOT NULL,
            version INTEGER NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY(sku, customer)) WITHOUT ROWID;
        CREATE VIRTUAL TABLE text_{generation} USING fts5(
            name, category, description, sku,
            content='product_{generation}', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3');
        INSERT INTO text_{generation}(text_{generation}, rank) VALUES('rank', 'bm25(10.0, 5.0, 1.0, 5.0)');
        """);

    public static void DropGeneration(IndexSession session, long generation) => session.ExecuteAll($"""
        DROP TABLE text_{generation};
        DROP TABLE review_{generation};
        DROP TABLE product_{generation};
        """);
}
