using System.Collections.Concurrent;
using DaprShop.Sidecar.Storage;

namespace DaprShop.Sidecar.PubSub;

/// <summary>
/// The durable broker behind every pub/sub component: a log per (<see cref="PubSubComponent.Broker"/>, topic) and a consumer group per app id.
/// At least once: a message stays with a group until its handling ended (acknowledged, dropped or dead-lettered). A new group
/// starts at the oldest message that is still there. A message is removed once every group has finished it and it is
/// <see cref="Retention"/> old or has <see cref="MaxRetained"/> newer ones behind it; a topic that nobody ever subscribed to
/// keeps as many. A group that exists but whose app does not come back holds its messages: they are owed to it.
/// </summary>
internal sealed partial class Broker : IAsyncDisposable
{
    public static readonly TimeSpan Retention = TimeSpan.FromMinutes(10);

    public const int MaxRetained = 50_000;

    private const int TrimLimit = 500;

    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _trimTimer;
    private readonly ConcurrentDictionary<(string PubSub, string Topic), TopicLog> _topics = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _trimming = Task.CompletedTask;
    private long _lastTopicId;
    private long _lastMessageId;

    public Broker(Database database, TimeProvider time, ILoggerFactory loggers)
    {
        _database = database;
        _time = time;
        _logger = loggers.CreateLogger("dapr.runtime.broker");
        database.EnsureSchema(BrokerStore.Schema);
        database.Read(Load);
        _trimTimer = time.CreateTimer(_ => StartTrim(), null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
    }

    /// <summary>
    /// Appends a message inside a write that is already running, so that it is stored together with other changes (the
    /// outbox) or not at all. Consumers are woken after the commit.
    /// </summary>
    public void Append(Session session, string pubSubName, string topic, BrokerMessage message)
    {
        // Runs on the one writer thread: ids need no lock, and grow in commit order. An undone write leaves a gap, no more.
        var log = Topic(pubSubName, topic);
        log.EnsureStored(session);
        BrokerStore.AddMessage(session, ++_lastMessageId, log.Id, message, _time.GetUtcNow());
        session.OnCommitted(log.Wake);
    }

    /// <summary>Appends a message in a write of its own; completes when it is durable.</summary>
    public Task AppendAsync(string pubSubName, string topic, BrokerMessage message, CancellationToken cancellationToken) =>
        _database.WriteAsync(session => Append(session, pubSubName, topic, message), cancellationToken);

    /// <summary>Appends messages in one write: all or none.</summary>
    public Task AppendAsync(string pubSubName, string topic, IReadOnlyList<BrokerMessage> messages, CancellationToken cancellationToken) =>
        _database.WriteAsync(
            session =>
            {
                foreach (var message in messages)
                {
                    Append(session, pubSubName, topic, message);
                }
            },
            cancellationToken);

    /// <summary>
    /// Joins a topic's consumer group, which is created when it is new and from then on remembered. Messages are shared
    /// between all members; <see cref="ConsumerGroup.LeaveAsync"/> ends a membership. A group that is not
    /// <paramref name="kept"/> is remembered by nobody: it ends with its last member.
    /// </summary>
    public async Task<ConsumerGroup> JoinAsync(
        string pubSubName, string topic, string groupName, bool kept, CancellationToken cancellationToken)
    {
        var group = await _database.WriteAsync(
            session =>
            {
                var log = Topic(pubSubName, topic);
                log.EnsureStored(session);
                return log.Group(groupName) ?? CreateGroup(session, log, groupName, kept);
            },
            cancellationToken);
        group.Join();
        return group;
    }

    /// <summary>Removes what nobody needs any more; runs every ten seconds by itself.</summary>
    public async Task TrimAsync(CancellationToken cancellationToken)
    {
        foreach (var topic in _topics.Values)
        {
            var finished = topic.Finished;
            var tooMany = _database.Read(session => BrokerStore.IdBefore(session, topic.Id, MaxRetained));
            if (finished is null && tooMany == 0)
            {
                continue;
            }

            var before = finished is null ? DateTimeOffset.UnixEpoch : _time.GetUtcNow() - Retention;
            while (await _database.WriteAsync(
                session => BrokerStore.Trim(session, topic.Id, finished ?? long.MaxValue, before, tooMany, TrimLimit), cancellationToken) == TrimLimit)
            {
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _trimTimer.DisposeAsync();
        await _trimming;
        _stopping.Dispose();
    }

    private int Load(Session session)
    {
        var topics = new Dictionary<long, TopicLog>();
        foreach (var (id, pubSub, name) in BrokerStore.Topics(session))
        {
            _lastTopicId = Math.Max(_lastTopicId, id);
            topics[id] = _topics[(pubSub, name)] = new TopicLog(id, pubSub, name, isStored: true);
        }

        foreach (var (topic, name, position, unfinished) in BrokerStore.Groups(session))
        {
            topics[topic].Add(new ConsumerGroup(_database, _time, _logger, topics[topic], name, isKept: true, position, unfinished));
        }

        _lastMessageId = BrokerStore.LastMessageId(session);
        return topics.Count;
    }

    private TopicLog Topic(string pubSubName, string topic) => _topics.GetOrAdd(
        (pubSubName, topic), key => new TopicLog(Interlocked.Increment(ref _lastTopicId), key.PubSub, key.Topic, isStored: false));

    private ConsumerGroup CreateGroup(Session session, TopicLog log, string name, bool kept)
    {
        if (kept)
        {
            BrokerStore.SaveGroup(session, log.Id, name, position: 0, unfinished: []);
        }

        var group = new ConsumerGroup(_database, _time, _logger, log, name, kept, position: 0, unfinished: []);
        log.Add(group);
        return group;
    }

    private void StartTrim()
    {
        if (_trimming.IsCompleted && !_stopping.IsCancellationRequested)
        {
            _trimming = TrimQuietlyAsync();
        }
    }

    private async Task TrimQuietlyAsync()
    {
        try
        {
            await TrimAsync(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The runtime stops.
        }
        catch (Exception e)
        {
            TrimFailed(e);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Finished messages could not be removed; tried again in ten seconds")]
    private partial void TrimFailed(Exception e);
}
