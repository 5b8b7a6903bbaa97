using System.Threading.Channels;
using DaprShop.Sidecar.Storage;

namespace DaprShop.Sidecar.PubSub;

/// <summary>
/// One app's reading of a topic. A pump reads ahead, a bounded number of messages and bytes, and the members take them, the
/// oldest first. Everything read ahead is unfinished until its handling ended, and is given out again after a restart.
/// </summary>
internal sealed partial class ConsumerGroup(
    Database database, TimeProvider time, ILogger logger, TopicLog topic, string name, bool isKept, long position, IEnumerable<long> unfinished)
{
    private const int MaxReady = 64;
    private const int MaxReadyBytes = 1 << 20;

    // A finished message is not worth a flush of the disk of its own: those of the next milliseconds share one.
    private static readonly TimeSpan s_saveDelay = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<StoredMessage, long> _ready = new();
    private readonly SortedSet<long> _unfinished = [.. unfinished];
    private readonly Channel<bool> _permits = Channel.CreateUnbounded<bool>(); // One for each ready message.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _readyBytes;
    private long _position = position;
    private bool _isRestored;
    private int _members;
    private int _generation;
    private Task _pump = Task.CompletedTask;
    private bool _isDirty;
    private Task _saving = Task.CompletedTask;

    public string Name => name;

    /// <summary>The group has finished the messages up to this id.</summary>
    public long Finished
    {
        get
        {
            lock (_gate)
            {
                return _unfinished.Count > 0 ? _unfinished.Min - 1 : _position;
            }
        }
    }

    public void Join()
    {
        lock (_gate)
        {
            if (_members++ == 0)
            {
                _pump = PumpAsync(_pump, ++_generation);
            }
        }
    }

    /// <summary>Ends a membership; with the last one reading stops, and what was finished is durable when this completes.</summary>
    public async Task LeaveAsync()
    {
        Task reading;
        lock (_gate)
        {
            reading = --_members == 0 ? _pump : Task.CompletedTask;
        }

        Wake();
        await reading;
        await _saving;
        if (!isKept && !HasMembers(_generation))
        {
            topic.Remove(this);
        }
    }

    /// <summary>Takes the oldest message that is not in somebody's hands; waits for one.</summary>
    public async Task<StoredMessage> TakeAsync(CancellationToken cancellationToken)
    {
        await _permits.Reader.ReadAsync(cancellationToken);
        return Dequeue();
    }

    /// <summary>Takes a message if there is one now.</summary>
    public StoredMessage? TryTake() => _permits.Reader.TryRead(out _) ? Dequeue() : null;

    /// <summary>Gives a message back that was not handled: a member takes it again, before newer ones.</summary>
    public void Return(StoredMessage message)
    {
        lock (_gate)
        {
            Enqueue(message);
        }
    }

    /// <summary>Ends the handling of a message. It becomes durable soon, together with all others that end meanwhile.</summary>
    public void Finish(StoredMessage message)
    {
        lock (_gate)
        {
            _unfinished.Remove(message.Id);
            _isDirty = isKept;
            if (isKept && _saving.IsCompleted)
            {
                _saving = SaveAsync();
            }
        }
    }

    /// <summary>Ends the handling of a message in the write that does <paramref name="also"/>: both or neither.</summary>
    public async Task FinishAsync(StoredMessage message, Action<Session> also)
    {
        try
        {
            await database.WriteAsync(session =>
            {
                also(session);
                lock (_gate)
                {
                    _unfinished.Remove(message.Id);
                }

                Save(session);
            });
        }
        catch
        {
            lock (_gate)
            {
                _unfinished.Add(message.Id);
                _isDirty = true;
            }

            throw;
        }
    }

    public void Wake() => _wake.Writer.TryWrite(true);

    private StoredMessage Dequeue()
    {
        bool isLow;
        StoredMessage message;
        lock (_gate)
        {
            message = _ready.Dequeue();
            _readyBytes -= message.Message.Data.Length;
            isLow = _ready.Count is MaxReady / 2 or 0;
        }

        if (isLow)
        {
            Wake();
        }

        return message;
    }

    private async Task PumpAsync(Task previous, int generation)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (HasMembers(generation))
        {
            try
            {
                Restore();
                while (ReadAhead())
                {
                }

                await _wake.Reader.ReadAsync();
            }
            catch (Exception e)
            {
                ReadFailed(topic.PubSubName, topic.Name, e);
                await Task.Delay(TimeSpan.FromSeconds(1), time);
            }
        }
    }

    // The pump of members who left ends, even if others have joined meanwhile: these have a pump of their own.
    private bool HasMembers(int generation)
    {
        lock (_gate)
        {
            return _members > 0 && _generation == generation;
        }
    }

    /// <summary>What an earlier process had in hand comes first, in order.</summary>
    private void Restore()
    {
        if (_isRestored)
        {
            return;
        }

        long[] ids;
        lock (_gate)
        {
            ids = [.. _unfinished];
        }

        var messages = database.Read(session => ids.Select(id => BrokerStore.Find(session, id)).OfType<StoredMessage>().ToList());
        lock (_gate)
        {
            _unfinished.IntersectWith(messages.Select(message => message.Id));
        }

        _isRestored = true;
        Offer(messages);
    }

    private bool ReadAhead()
    {
        int room, bytes;
        lock (_gate)
        {
            room = MaxReady - _ready.Count;
            bytes = MaxReadyBytes - _readyBytes;
        }

        if (room < MaxReady / 2 || bytes <= 0)
        {
            return false;
        }

        var messages = database.Read(session => BrokerStore.Read(session, topic.Id, _position, room, bytes));
        Offer(messages);
        return messages.Count > 0;
    }

    private void Offer(List<StoredMessage> messages)
    {
        if (messages.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var message in messages)
            {
                _unfinished.Add(message.Id);
                Enqueue(message);
                _position = Math.Max(_position, message.Id);
            }
        }
    }

    private void Enqueue(StoredMessage message)
    {
        _ready.Enqueue(message, message.Id);
        _readyBytes += message.Message.Data.Length;
        _permits.Writer.TryWrite(true);
    }

    private async Task SaveAsync()
    {
        while (true)
        {
            try
            {
                await Task.Delay(s_saveDelay);
                await database.WriteAsync(Save);
            }
            catch (Exception e)
            {
                // The next message that ends tries again; until then a restart would deliver these once more.
                SaveFailed(topic.PubSubName, topic.Name, e);
                lock (_gate)
                {
                    _isDirty = true;
                    _saving = Task.CompletedTask;
                    return;
                }
            }

            lock (_gate)
            {
                if (!_isDirty)
                {
                    _saving = Task.CompletedTask;
                    return;
                }
            }
        }
    }

    private void Save(Session session)
    {
        lock (_gate)
        {
            if (isKept)
            {
                BrokerStore.SaveGroup(session, topic.Id, name, _position, _unfinished);
            }

            _isDirty = false;
        }
    }

    [LoggerMessage(LogLevel.Error, "Messages of pubsub {PubSub}, topic {Topic} could not be read; tried again in a second")]
    private partial void ReadFailed(string pubSub, string topic, Exception e);

    [LoggerMessage(LogLevel.Error, "Acknowledgements of pubsub {PubSub}, topic {Topic} could not be stored")]
    private partial void SaveFailed(string pubSub, string topic, Exception e);
}
