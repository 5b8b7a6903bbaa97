using DaprShop.Contracts;
using DaprShop.Orders.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders;

/// <summary>
/// The orders of each customer, newest first. A state store finds by key only, and the outbox would publish an index that is saved in the
/// order's transaction; so the entry is written before the order, and one whose order was then not saved is passed over. Whoever has
/// an order therefore finds it. Entries are in pages of a fixed size, and never move.
/// </summary>
public sealed class OrderIndex(EventingStore store, OrderStore orders)
{
    private const int PageSize = 100;
    private const int MaxAttempts = 50;

    public async Task AddAsync(Order order, CancellationToken cancellationToken)
    {
        var customerId = order.State.CustomerId;
        var entry = new IndexEntry(order.Id, order.State.CreatedAt);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var stored = await store.FindAsync<IndexPage>(Newest(customerId), cancellationToken);
                var page = stored?.Value ?? new IndexPage(0, []);
                if (page.Entries.Count == PageSize)
                {
                    await SealAsync(customerId, page, cancellationToken);
                    page = new IndexPage(page.Number + 1, []);
                }

                await store.SaveQuietlyAsync(Newest(customerId), page with { Entries = [.. page.Entries, entry] }, stored?.ETag, cancellationToken);
                return;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                // Another order of this customer came first. Those who lost wait differently long, so that the next round has fewer.
                await Task.Delay(Random.Shared.Next(attempt * 4), cancellationToken);
            }
        }
    }

    /// <summary>So many orders from the cursor on, which an earlier page gave; without one the newest.</summary>
    public async Task<Page<OrderState>> ListAsync(string customerId, OrderCursor? cursor, int limit, CancellationToken cancellationToken)
    {
        List<OrderState> found = [];
        var newest = (await store.FindAsync<IndexPage>(Newest(customerId), cancellationToken))?.Value ?? new IndexPage(0, []);
        var at = cursor is { } from && from.Page <= newest.Number ? from : new OrderCursor(newest.Number, newest.Entries.Count);
        while (found.Count < limit && !at.IsEnd)
        {
            var page = at.Page == newest.Number ? newest : await SealedAsync(customerId, at.Page, cancellationToken);
            var end = Math.Min(at.Before, page.Entries.Count);
            var start = Math.Max(0, end - (limit - found.Count));
            found.AddRange(await ReadAsync(customerId, page.Entries.Take(start..end).Reverse(), cancellationToken));
            at = start > 0 ? new OrderCursor(at.Page, start) : new OrderCursor(at.Page - 1, PageSize);
        }

        return new Page<OrderState>(found, at.IsEnd ? null : at.ToString());
    }

    private async Task<IEnumerable<OrderState>> ReadAsync(string customerId, IEnumerable<IndexEntry> entries, CancellationToken cancellationToken)
    {
        IndexEntry[] wanted = [.. entries];
        var known = (await orders.FindManyAsync(wanted.Select(entry => entry.OrderId), cancellationToken)).ToDictionary(order => order.Id);

        // Requests under one key that came at the same time left an entry each; the one with the order's own time is its entry.
        return from entry in wanted
               let order = known.GetValueOrDefault(entry.OrderId)
               where order?.CustomerId == customerId && order.CreatedAt == entry.At
               select order;
    }

    // A full page never changes, so saving it again, or having been outrun, is the same.
    private async Task SealAsync(string customerId, IndexPage page, CancellationToken cancellationToken)
    {
        try
        {
            await store.SaveQuietlyAsync(Sealed(customerId, page.Number), page, etag: null, cancellationToken);
        }
        catch (StateConflictException)
        {
            // It is there.
        }
    }

    private async Task<IndexPage> SealedAsync(string customerId, int number, CancellationToken cancellationToken) =>
        (await store.FindAsync<IndexPage>(Sealed(customerId, number), cancellationToken))?.Value ?? new IndexPage(number, []);

    private static string Newest(string customerId) => $"orders-of-{customerId}";

    private static string Sealed(string customerId, int number) => $"orders-page-{number}-of-{customerId}";
}

/// <summary>A page of a customer's orders, oldest first.</summary>
public sealed record IndexPage(int Number, IReadOnlyList<IndexEntry> Entries);

/// <summary>An order that was about to be saved then.</summary>
public sealed record IndexEntry(string OrderId, DateTimeOffset At);

/// <summary>A place in the index: the entries of a page before an entry, and the pages before it. Written as <c>page.entry</c>.</summary>
public readonly record struct OrderCursor(int Page, int Before)
{
    public bool IsEnd => Page < 0 || (Page == 0 && Before == 0);

    public override string ToString() => $"{Page}.{Before}";

    public static OrderCursor? Parse(string text) =>
        text.Split('.') is [var page, var before] && int.TryParse(page, out var number) && int.TryParse(before, out var index)
        && number >= 0 && index >= 0
            ? new OrderCursor(number, index)
            : null;
}
