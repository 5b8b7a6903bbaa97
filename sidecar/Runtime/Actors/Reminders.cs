using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.Resiliency;
using DaprShop.Sidecar.Storage;

namespace DaprShop.Sidecar.Actors;

/// <summary>
/// Fires the durable reminders: one alarm, set to the earliest in the table. A reminder stays in the table until its call-back has
/// ended, so what was due or under way when the process ended fires when its type is hosted again: at least once.
/// </summary>
internal sealed partial class Reminders : IAsyncDisposable
{
    private const int MaxRunning = 256;
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly Database _database;
    private readonly ActorPlacement _placement;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<long, Task> _running = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _rings = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private ITimer? _alarm;
    private Task _loop = Task.CompletedTask;

    public Reminders(Database database, ActorPlacement placement, TimeProvider time, ILoggerFactory loggers)
    {
        (_database, _placement, _time) = (database, placement, time);
        _logger = loggers.CreateLogger("dapr.runtime.actors.reminders");
        placement.Changed += Ring;
    }

    public void Start()
    {
        _alarm = _time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _loop = RunAsync();
        Ring();
    }

    /// <summary>Stores a reminder in the place of one with the same name; not <paramref name="overwrite"/>: false when there is one.</summary>
    public Task<bool> RegisterAsync(Reminder reminder, bool overwrite, CancellationToken cancellationToken) => _database.WriteAsync(
        session =>
        {
            if (!overwrite && ReminderTable.Find(session, reminder.Actor, reminder.Request.Name) is not null)
            {
                return false;
            }

            ReminderTable.Delete(session, reminder.Actor, reminder.Request.Name);
            // One that falls due after its time to live never fires.
            if (!reminder.IsOver)
            {
                ReminderTable.Insert(session, reminder);
                session.OnCommitted(Ring);
            }

            return true;
        },
        cancellationToken);

    public Reminder? Find(ActorKey actor, string name) => _database.Read(session => ReminderTable.Find(session, actor, name));

    /// <summary>How many reminders the actors of a type have.</summary>
    public long Count(string type) => _database.Read(session => ReminderTable.Count(session, type));

    public Task DeleteAsync(ActorKey actor, string name, CancellationToken cancellationToken) =>
        _database.WriteAsync(session => ReminderTable.Delete(session, actor, name), cancellationToken);

    /// <summary>Fires no more and waits for the call-backs under way, which the end of their hosts cuts.</summary>
    public async ValueTask DisposeAsync()
    {
        _placement.Changed -= Ring;
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

    private void Ring() => _rings.Writer.TryWrite(true);

    private async Task RunAsync()
    {
        await foreach (var _ in _rings.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                Fire();
            }
            catch (Exception e)
            {
                LogUnread(e);
                _alarm?.Change(AfterFailure, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Fire()
    {
        var now = _time.GetUtcNow();
        DateTimeOffset? next = null;
        foreach (var type in _placement.Types)
        {
            var (due, later) = _database.Read(session => (
                ReminderTable.Due(session, type, now, MaxRunning * 2), ReminderTable.NextDue(session, type, now)));
            next = later is not null && !(later >= next) ? later : next;
            // The end of each one that runs rings again.
            foreach (var id in due.Where(_ => _running.Count < MaxRunning))
            {
                var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_running.TryAdd(id, ended.Task))
                {
                    _ = FireAsync(id, ended);
                }
            }
        }

        _alarm?.Change(next is null ? Timeout.InfiniteTimeSpan : Alarm.Limit(next.Value - now), Timeout.InfiniteTimeSpan);
    }

    private async Task FireAsync(long id, TaskCompletionSource ended)
    {
        await Task.Yield();
        try
        {
            // Read when it counts as running: before, another one could have been ending.
            if (_database.Read(session => ReminderTable.Find(session, id)) is { } reminder && reminder.Due <= _time.GetUtcNow())
            {
                var after = reminder.IsOver ? null : await AfterCallBackAsync(reminder).ConfigureAwait(false);
                await _database.WriteAsync(session => ReminderTable.Replace(session, id, after)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // It is still in the table and fires with the next start.
        }
        catch (Exception e)
        {
            // It is in the table as it was; the pause keeps a full disk from being asked without end.
            LogNotStored(e, id);
            await Task.Delay(AfterFailure, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            _running.TryRemove(id, out _);
            ended.SetResult();
            Ring();
        }
    }

    private async Task<Reminder?> AfterCallBackAsync(Reminder reminder)
    {
        try
        {
            await CallBackAsync(reminder).ConfigureAwait(false);
            return reminder.Done(_time.GetUtcNow());
        }
        catch (Exception e) when (e is AppUnreachableException or ActorMovedException)
        {
            // Not the reminder's failure: it waits for an instance that takes it.
            return reminder with { Due = _time.GetUtcNow() + AfterFailure };
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            LogFailed(reminder.Request.Name, reminder.Actor, reminder.Failures + 1, e.Message);
            return reminder.Failed(_time.GetUtcNow());
        }
    }

    private async Task CallBackAsync(Reminder reminder)
    {
        var path = $"{reminder.Actor.Path}/method/remind/{Uri.EscapeDataString(reminder.Request.Name)}";
        var call = new ActorCall(reminder.Actor, path, Body(reminder.Request.Data))
        {
            // Deleted or registered anew while it waited for its turn, it fires no more.
            IsWanted = () => _database.Read(session => ReminderTable.Find(session, reminder.Id)) is not null,
        };
        while (call.IsWanted() && await _placement.FindAsync(reminder.Actor, null, _stopping.Token).ConfigureAwait(false) is { } owner)
        {
            using var response = await owner.CallAsync(call, ResiliencyPolicy.None, _stopping.Token).ConfigureAwait(false);
            if (response is null)
            {
                continue;
            }

            owner.Sidecar.Metrics.Actors.ReminderFired(reminder.Actor.Type, response.StatusCode == HttpStatusCode.OK);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new HttpRequestException($"the app answered {(int)response.StatusCode}", null, response.StatusCode);
            }

            return;
        }

        if (call.IsWanted())
        {
            throw new ActorMovedException(reminder.Actor);
        }
    }

    // As daprd's scheduler, it does not tell the times.
    private static ReadOnlyMemory<byte> Body(ReadOnlyMemory<byte> data)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteData(data);
            writer.WriteString("dueTime", "");
            writer.WriteString("period", "");
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    [LoggerMessage(LogLevel.Warning, "reminder {Name} of actor {Actor} failed, try {Attempt}: {Error}")]
    private partial void LogFailed(string name, ActorKey actor, int attempt, string error);

    [LoggerMessage(LogLevel.Error, "reminder {Id} could not be fired, or not be stored as fired: it fires again")]
    private partial void LogNotStored(Exception exception, long id);

    [LoggerMessage(LogLevel.Error, "the reminders could not be read; it is tried again")]
    private partial void LogUnread(Exception exception);
}
