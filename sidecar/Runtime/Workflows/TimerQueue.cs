using System.Threading.Channels;
using DaprShop.Sidecar.Storage;
using Google.Protobuf.WellKnownTypes;

namespace DaprShop.Sidecar.Workflows;

/// <summary>
/// Fires the durable timers: one alarm, set to the earliest one in the table. Never early; what came due while the engine was down
/// fires at once.
/// </summary>
internal sealed class TimerQueue(Database database, WorkflowStore store, Scheduler scheduler, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    private const int Batch = 500;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _rings = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Lock _gate = new();
    private long _armedFor = Timestamps.Never;
    private ITimer? _alarm;
    private Task _loop = Task.CompletedTask;

    public void Start()
    {
        _alarm = time.CreateTimer(_ => _rings.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _rings.Writer.TryWrite(true);
        _loop = RunAsync();
    }

    /// <summary>A timer was committed.</summary>
    public void Arm(long fireAt)
    {
        lock (_gate)
        {
            if (fireAt < _armedFor)
            {
                _armedFor = fireAt;
                Ring(TimeSpan.FromMilliseconds(Math.Ceiling((fireAt - time.GetUtcNow().ToNanoseconds()) / 1e6)));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _rings.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
        if (_alarm is not null)
        {
            await _alarm.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task RunAsync()
    {
        await foreach (var _ in _rings.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                await FireAsync().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // The disk may be full for a while; the timers are still in the table.
                logger.TimersFailed(e);
                Ring(AfterFailure);
            }
        }
    }

    private async Task FireAsync()
    {
        lock (_gate)
        {
            _armedFor = Timestamps.Never;
        }

        var next = database.Read(WorkflowStore.ReadNextDue);
        while (next <= time.GetUtcNow().ToNanoseconds())
        {
            next = await database.WriteAsync(Fire).ConfigureAwait(false);
        }

        Arm(next);
    }

    private long Fire(Session session)
    {
        var now = time.GetUtcNow();
        foreach (var timer in WorkflowStore.ReadDue(session, now.ToNanoseconds(), Batch))
        {
            var key = timer.Instance;
            WorkflowStore.RemoveTimer(session, key.No, timer.Generation, timer.TimerId);
            if (timer.TimerId == WorkflowStore.StartTimer)
            {
                WorkflowStore.ClearScheduledStart(session, key.No);
                session.OnCommitted(() => scheduler.Wake(key));
            }
            else if (timer.TimerId == WorkflowStore.PurgeTimer)
            {
                WorkflowStore.Delete(session, key.No);
                session.OnCommitted(() => scheduler.Forget(key.No));
            }
            else if (timer.Generation == timer.Current)
            {
                var fired = HistoryEvents.TimerFired(Timestamp.FromDateTimeOffset(now), timer.TimerId, timer.FireAt == 0 ? null : Timestamps.ToTimestamp(timer.FireAt));
                var sequence = store.AddToInbox(session, key.No, fired);
                session.OnCommitted(() => scheduler.Deliver(key, new InboxEvent(sequence, fired)));
            }
        }

        return WorkflowStore.ReadNextDue(session);
    }

    private void Ring(TimeSpan delay) => _alarm?.Change(
        delay < TimeSpan.Zero ? TimeSpan.Zero : delay > Longest ? Longest : delay, Timeout.InfiniteTimeSpan);
}
