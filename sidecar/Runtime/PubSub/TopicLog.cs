using DaprShop.Sidecar.Storage;

namespace DaprShop.Sidecar.PubSub;

/// <summary>A topic of a component: its id in the store and its consumer groups.</summary>
internal sealed class TopicLog(long id, string pubSubName, string name, bool isStored)
{
    private volatile bool _isStored = isStored;
    private volatile ConsumerGroup[] _groups = [];

    public long Id => id;

    public string PubSubName => pubSubName;

    public string Name => name;

    /// <summary>Every group has finished the messages up to this id; null when there is no group.</summary>
    public long? Finished => _groups is { Length: > 0 } groups ? groups.Min(group => group.Finished) : null;

    public ConsumerGroup? Group(string groupName) => Array.Find(_groups, group => group.Name == groupName);

    public void Add(ConsumerGroup group) => _groups = [.. _groups, group];

    public void Remove(ConsumerGroup group) => _groups = [.. _groups.Where(known => known != group)];

    /// <summary>Stores the topic with the write that first uses it; again with the next one if that was undone.</summary>
    public void EnsureStored(Session session)
    {
        if (!_isStored)
        {
            BrokerStore.AddTopic(session, id, pubSubName, name);
            session.OnCommitted(() => _isStored = true);
        }
    }

    public void Wake()
    {
        foreach (var group in _groups)
        {
            group.Wake();
        }
    }
}
