using System.Buffers;
using System.Net;
using System.Text.Json;
using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.Resiliency;
using DaprShop.Sidecar.Scheduling;
using DaprShop.Sidecar.Storage;

namespace DaprShop.Sidecar.Actors;

/// <summary>
/// Fires the durable reminders. A reminder stays in the table until its call-back has ended, so what was due or under way when the
/// process ended fires when its type is hosted again: at least once.
/// </summary>
internal sealed partial class Reminders : IAsyncDisposable
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly Database _database;
    private readonly ActorPlacement _placement;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DueQueue _queue;

    public Reminders(Database database, ActorPlacement placement, TimeProvider time, ILoggerFactory loggers)
    {
        (_database, _placement, _time) = (database, placement, time);
        _logger = loggers.CreateLogger("dapr.runtime.actors.reminders");
        _queue = new DueQueue(time, _logger, Look, FireAsync);
        placement.Changed += _queue.Ring;
    }

    public void Start() => _queue.Start();

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
                session.OnCommitted(_queue.Ring);
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
    public ValueTask DisposeAsync()
    {
        _placement.Changed -= _queue.Ring;
        return _queue.DisposeAsync();
    }

    private (IReadOnlyList<long> Due, DateTimeOffset? Next) Look(DateTimeOffset now)
    {
        var due = new List<long>();
        DateTimeOffset? next = null;
        foreach (var type in _placement.Types)
        {
            var (ofType, later) = _database.Read(session => (
                ReminderTable.Due(session, type, now, DueQueue.MaxRunning * 2), ReminderTable.NextDue(session, type, now)));
            due.AddRange(ofType);
            next = later is not null && !(later >= next) ? later : next;
        }

        return (due, next);
    }

    private async Task FireAsync(long id, CancellationToken cancellationToken)
    {
        // Read when it counts as running: before, another one could have been ending.
        if (_database.Read(session => ReminderTable.Find(session, id)) is { } reminder && reminder.Due <= _time.GetUtcNow())
        {
            var after = reminder.IsOver ? null : await AfterCallBackAsync(reminder, cancellationToken).ConfigureAwait(false);
            await _database.WriteAsync(session => ReminderTable.Replace(session, id, after), CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<Reminder?> AfterCallBackAsync(Reminder reminder, CancellationToken cancellationToken)
    {
        try
        {
            await CallBackAsync(reminder, cancellationToken).ConfigureAwait(false);
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

    private async Task CallBackAsync(Reminder reminder, CancellationToken cancellationToken)
    {
        var path = $"{reminder.Actor.Path}/method/remind/{Uri.EscapeDataString(reminder.Request.Name)}";
        var call = new ActorCall(reminder.Actor, path, Body(reminder.Request.Data))
        {
            // Deleted or registered anew while it waited for its turn, it fires no more.
            IsWanted = () => _database.Read(session => ReminderTable.Find(session, reminder.Id)) is not null,
        };
        while (call.IsWanted() && await _placement.FindAsync(reminder.Actor, null, cancellationToken).ConfigureAwait(false) is { } owner)
        {
            using var response = await owner.CallAsync(call, ResiliencyPolicy.None, cancellationToken).ConfigureAwait(false);
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
}
