using DaprShop.Analytics.Domain;
using Microsoft.EntityFrameworkCore;

namespace DaprShop.Analytics;

/// <summary>
/// Writes events and actions, each once. An event and what it adds to the series are one transaction, and it adds only if its row was new; who
/// inserts the same row meanwhile, in this process or in another replica, waits for the outcome.
/// </summary>
internal sealed class SeriesStore(IDbContextFactory<AnalyticsContext> contexts) : IDisposable
{
    // SQLite has one writer, and retries a busy file only now and then. PostgreSQL gets a batch at a time of each replica, which is plenty.
    private readonly SemaphoreSlim _writer = new(1, 1);

    /// <summary>Completes when all of them are on disk, stored now or since before.</summary>
    public Task RecordAsync(IEnumerable<(RecordedEvent Event, Facts Facts)> received, CancellationToken cancellationToken) =>
        WriteAsync(
            async context =>
            {
                // In one order everywhere: two replicas that store the same events never wait for one another.
                var ordered = received.OrderBy(one => one.Event.Source, StringComparer.Ordinal).ThenBy(one => one.Event.Id, StringComparer.Ordinal);
                foreach (var (recorded, facts) in ordered)
                {
                    if (await IsNewAsync(context, recorded, cancellationToken))
                    {
                        Add(context, facts);
                    }
                }

                await context.SaveChangesAsync(cancellationToken);
                return true;
            },
            cancellationToken);

    /// <summary>Stores those that are not there yet, and says how many that were.</summary>
    public Task<int> RecordAsync(IEnumerable<UserAction> actions, CancellationToken cancellationToken) =>
        WriteAsync(
            async context =>
            {
                var added = 0;
                foreach (var action in actions.OrderBy(one => one.Source, StringComparer.Ordinal).ThenBy(one => one.Id, StringComparer.Ordinal))
                {
                    added += await context.Database.ExecuteSqlAsync(
                        $"""
                        INSERT INTO "UserActions" ("Id", "Source", "UserId", "Action", "Fields", "At")
                        VALUES ({action.Id}, {action.Source}, {action.UserId}, {action.Action}, {action.Fields}, {action.At})
                        ON CONFLICT DO NOTHING
                        """,
                        cancellationToken);
                }

                return added;
            },
            cancellationToken);

    public void Dispose() => _writer.Dispose();

    private async Task<T> WriteAsync<T>(Func<AnalyticsContext, Task<T>> write, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            var result = await write(context);
            await transaction.CommitAsync(cancellationToken);
            return result;
        }
        finally
        {
            _writer.Release();
        }
    }

    private static async Task<bool> IsNewAsync(AnalyticsContext context, RecordedEvent recorded, CancellationToken cancellationToken) =>
        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "Events" ("Id", "Source", "Topic", "Type", "Time", "Data")
            VALUES ({recorded.Id}, {recorded.Source}, {recorded.Topic}, {recorded.Type}, {recorded.Time}, {recorded.Data})
            ON CONFLICT DO NOTHING
            """,
            cancellationToken) == 1;

    private static void Add(AnalyticsContext context, Facts facts)
    {
        context.SoldProducts.AddRange(facts.Products);
        if (facts.Sale is { } sale)
        {
            context.Sales.Add(sale);
        }

        if (facts.Action is { } action)
        {
            context.UserActions.Add(action);
        }
    }
}
