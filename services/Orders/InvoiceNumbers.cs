using DaprShop.ServiceDefaults;

namespace DaprShop.Orders;

/// <summary>
/// Numbers the invoices of a year from 1 without gaps: <c>INV-2026-000042</c>. An order that took a number and was interrupted before it was
/// confirmed gets the same number again: the last ones given are remembered with their orders.
/// </summary>
public sealed class InvoiceNumbers(EventingStore store, TimeProvider time) : IDisposable
{
    private const int Remembered = 100;
    private const int MaxAttempts = 20;

    // One at a time in this process; between replicas the ETag decides.
    private readonly SemaphoreSlim _turn = new(1);

    public async Task<string> TakeAsync(string orderId, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await TryTakeAsync(orderId, cancellationToken);
                }
                catch (StateConflictException) when (attempt < MaxAttempts)
                {
                    // Another replica took this number.
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<string> TryTakeAsync(string orderId, CancellationToken cancellationToken)
    {
        var year = time.GetUtcNow().Year;
        var key = $"invoices-{year}";
        var stored = await store.FindAsync<InvoiceSeries>(key, cancellationToken);
        var series = stored?.Value ?? new InvoiceSeries([]);
        var number = series.NumberOf(orderId);
        if (number is null)
        {
            number = series.Last + 1;
            await store.SaveQuietlyAsync(key, series.Give(number.Value, orderId, Remembered), stored?.ETag, cancellationToken);
        }

        return $"INV-{year}-{number:D6}";
    }
}

/// <summary>The last numbers of a year, oldest first, with the orders they were given to.</summary>
public sealed record InvoiceSeries(IReadOnlyList<GivenNumber> Given)
{
    public int Last => Given is [.., var last] ? last.Number : 0;

    public int? NumberOf(string orderId) => Given.LastOrDefault(given => given.OrderId == orderId)?.Number;

    public InvoiceSeries Give(int number, string orderId, int remembered) =>
        new([.. Given.TakeLast(remembered - 1), new GivenNumber(number, orderId)]);
}

public sealed record GivenNumber(int Number, string OrderId);
