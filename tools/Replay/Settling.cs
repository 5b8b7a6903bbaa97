using System.Collections.Concurrent;
using DaprShop.Contracts;

namespace DaprShop.Replay;

/// <summary>Waits until the shop is quiet: no saga open, no return outstanding, events counted.</summary>
internal sealed class Settling(ShopClient shop, TimeSpan patience)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>The orders by invoice, read when each is settled or patience has ended.</summary>
    public async Task<Dictionary<string, OrderResponse>> OrdersAsync(
        IReadOnlyDictionary<string, string> idsByInvoice, IEnumerable<PlannedReturn> returns, CancellationToken cancellation)
    {
        var deadline = DateTime.UtcNow + patience;
        var creditNotes = returns.CountBy(back => back.Order.Invoice).ToDictionary();
        var orders = new ConcurrentDictionary<string, OrderResponse>();
        await Parallel.ForEachAsync(idsByInvoice, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellation }, async (pair, token) =>
        {
            var (invoice, id) = pair;
            while (true)
            {
                var order = orders[invoice] = await shop.GetAsync<OrderResponse>($"/api/orders/{id}", token);
                var settled = order.Status != OrderStatus.Pending && order.CreditNotes.Count >= creditNotes.GetValueOrDefault(invoice);
                if (settled || DateTime.UtcNow > deadline)
                {
                    return;
                }

                await Task.Delay(Pause, token);
            }
        });
        return new Dictionary<string, OrderResponse>(orders, StringComparer.Ordinal);
    }

    /// <summary>Counts by "topic/type", read when they have reached what is expected or patience has ended.</summary>
    public async Task<Dictionary<string, long>> EventsAsync(Dictionary<string, long> expected, CancellationToken cancellation)
    {
        var deadline = DateTime.UtcNow + patience;
        while (true)
        {
            var counts = await shop.GetAsync<EventCounts>("/api/analytics/events", cancellation);
            var events = counts.Counts.ToDictionary(count => $"{count.Topic}/{count.Type}", count => count.Count);
            if (expected.All(pair => events.GetValueOrDefault(pair.Key) >= pair.Value) || DateTime.UtcNow > deadline)
            {
                return events;
            }

            await Task.Delay(Pause, cancellation);
        }
    }

    /// <summary>What analytics adds up, read when it knows of as many sales and returns as the orders say or patience has ended.</summary>
    public async Task<SalesFigures> SalesAsync(IReadOnlyCollection<OrderResponse> orders, CancellationToken cancellation)
    {
        var deadline = DateTime.UtcNow + patience;
        var none = new MoneyAmount(0, ShopReplay.Currency);
        while (true)
        {
            var totals = (await shop.GetAsync<SalesTotals>("/api/analytics/sales/total", cancellation)).Totals;
            var sales = totals.SingleOrDefault(total => total.Net.Currency == ShopReplay.Currency) ?? new SalesFigures(0, 0, none, none, none);
            var known = sales.Orders >= orders.Count(order => order.Invoice is not null) && sales.Returns >= orders.Sum(order => order.CreditNotes.Count);
            if (known || DateTime.UtcNow > deadline)
            {
                return sales;
            }

            await Task.Delay(Pause, cancellation);
        }
    }
}
