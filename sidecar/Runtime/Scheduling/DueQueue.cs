using System.Collections.Concurrent;
using System.Threading.Channels;

namespace DaprShop.Sidecar.Scheduling;

/// <summary>
/// Runs what falls due in a table: one alarm, set to the earliest entry. An entry stays in the table until its run has ended, so
/// what was due or under way when the process ended runs again after the next start: at least once.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="logger">Where failures of the table itself go.</param>
/// <param name="look">The entries that are due now, the longest due first, and when the next one will be; null: none.</param>
/// <param name="run">Runs an entry and stores what became of it. Entries that are due again are run again.</param>
internal sealed partial class DueQueue(
    TimeProvider time,
    ILogger logger,
    Func<DateTimeOffset, (IReadOnlyList<long> Due, DateTimeOffset? Next)> look,
    Func<long, CancellationToken, Task> run) : IAsyncDisposable
{
    /// <summary>So many run at a time; a look at the table need not find more than twice as many.</summary>
    public const int MaxRunning = 256;

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, Task> _running = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _rings = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private ITimer? _alarm;
    private Task _loop = Task.CompletedTask;

    public void Start()
    {
        _alarm = time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _loop = RunAsync();
        Ring();
    }

    /// <summary>Has the table looked at: something was added, or can be run now.</summary>
    public void Ring() => _rings.Writer.TryWrite(true);

    /// <summary>Starts nothing more, cancels what runs and waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        _rings.Writer.TryComplete();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        await Task.WhenAll(_running.Values).ConfigureAwait(false);
        if (_alarm is not null)
        {
            await _alarm.DisposeAsync().ConfigureAwait(false);
        }

        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (var _ in _rings.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                RunDue();
            }
            catch (Exception e)
            {
                LogUnread(e);
                _alarm?.Change(AfterFailure, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void RunDue()
    {
        var now = time.GetUtcNow();
        var (due, next) = look(now);
        // The end of each one that runs rings again.
        foreach (var id in due.Where(_ => _running.Count < MaxRunning))
        {
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_running.TryAdd(id, ended.Task))
            {
                _ = RunAsync(id, ended);
            }
        }

        _alarm?.Change(next is null ? Timeout.InfiniteTimeSpan : Alarm.Limit(next.Value - now), Timeout.InfiniteTimeSpan);
    }

    private async Task RunAsync(long id, TaskCompletionSource ended)
    {
        await Task.Yield();
        try
        {
            await run(id, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // It is still in the table and runs with the next start.
        }
        catch (Exception e)
        {
            // It is in the table as it was; the pause keeps a full disk from being asked without end.
            LogNotStored(e, id);
            await Task.Delay(AfterFailure, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            _running.TryRemove(id, out _);
            ended.SetResult();
            Ring();
        }
    }

    [LoggerMessage(LogLevel.Error, "entry {Id} could not be run, or not be stored as done: it is run again")]
    private partial void LogNotStored(Exception exception, long id);

    [LoggerMessage(LogLevel.Error, "what is due could not be read; it is tried again")]
    private partial void LogUnread(Exception exception);
}
