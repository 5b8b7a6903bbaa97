using DaprShop.ServiceDefaults;

namespace DaprShop.Search.Index;

/// <summary>Applies events to the index: each once, told by its source and id, in the transaction that changes the index.</summary>
internal sealed class Projection(IndexWriter writer)
{
    /// <summary>An event of the catalogue.</summary>
    public Task<EventOutcome> ApplyAsync<T>(CloudEvent<T> received, Action<ProductTables> change, CancellationToken cancellationToken) =>
        ApplyAsync(received.Source, received.Id, session => ChangeAll(session, change, "catalog"), cancellationToken);

    /// <summary>An event of the orders: units that were sold, or (below zero) that came back.</summary>
    public Task<EventOutcome> SellAsync<T>(CloudEvent<T> received, IReadOnlyList<(string Sku, int Units)> lines, CancellationToken cancellationToken) =>
        ApplyAsync(
            received.Source,
            received.Id,
            session =>
            {
                foreach (var (sku, units) in lines)
                {
                    session.Execute(
                        "INSERT INTO sold(sku, units) VALUES($1, $2) ON CONFLICT(sku) DO UPDATE SET units = units + excluded.units", sku, units);
                    ChangeAll(session, tables => tables.Sell(sku, units), "sales");
                }
            },
            cancellationToken);

    private static void ChangeAll(IndexSession session, Action<ProductTables> change, string part)
    {
        foreach (var tables in Edition.Read(session).Tables(session))
        {
            change(tables);
        }

        session.Execute($"UPDATE edition SET {part} = {part} + 1");
    }

    private async Task<EventOutcome> ApplyAsync(string source, string id, Action<IndexSession> change, CancellationToken cancellationToken)
    {
        // Without these two a second delivery cannot be told from another event.
        if (string.IsNullOrEmpty(source) || string.IsNullOrEmpty(id))
        {
            return EventOutcome.Dropped;
        }

        await writer.WriteAsync(
            session =>
            {
                if (session.Execute("INSERT OR IGNORE INTO handled(source, id) VALUES($1, $2)", source, id) == 1)
                {
                    change(session);
                }
            },
            cancellationToken);
        return EventOutcome.Taken;
    }
}
