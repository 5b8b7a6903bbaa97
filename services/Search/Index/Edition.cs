namespace DaprShop.Search.Index;

/// <summary>
/// Which state of which index: the file (replicas may have one each), how often its catalogue and its sales changed, and the generations of
/// tables, the one that is read and the one that a rebuild fills.
/// </summary>
internal sealed record Edition(string File, long Catalog, long Sales, long Active, long? Building)
{
    public static Edition Read(IndexSession session) => session.Query(
        "SELECT file, catalog, sales, active, building FROM edition",
        row => new Edition(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.IsDBNull(4) ? null : row.GetInt64(4)))[0];

    /// <summary>The tables that an event changes: those that are read and, during a rebuild, those that will be.</summary>
    public IEnumerable<ProductTables> Tables(IndexSession session) =>
        Building is { } building ? [new(session, Active), new(session, building)] : [new(session, Active)];
}
