using DaprShop.Sidecar.Storage;

namespace DaprShop.Sidecar.State;

/// <summary>Deletes expired values in the background, in batches small enough not to hold up other writes.</summary>
internal sealed partial class ExpiredStatePurge(Database database, TimeProvider time, ILogger<ExpiredStatePurge> logger) : IAsyncDisposable
{
    private const int Batch = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public void Start() => _running = RunAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    /// <summary>Deletes all that has expired; returns how many values.</summary>
    public async Task<int> PurgeAsync(CancellationToken cancellationToken)
    {
        var (total, deleted) = (0, Batch);
        while (deleted == Batch)
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            deleted = await database
                .WriteAsync(session => StateTable.DeleteExpired(session, now, Batch), cancellationToken)
                .ConfigureAwait(false);
            total += deleted;
        }

        return total;
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
        {
            try
            {
                await PurgeAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(e);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "expired state could not be purged; it is tried again")]
    private partial void LogFailed(Exception exception);
}
