using DaprShop.Sidecar.Workflows.Protocol;

namespace DaprShop.Sidecar.Workflows;

/// <summary>
/// An instance in memory: its committed history while it is warm, and where it stands in the schedule. Guarded by the scheduler's gate,
/// but for <see cref="History"/>, which belongs to the turn in flight.
/// </summary>
internal sealed class Instance(InstanceKey key)
{
    private readonly List<InboxEvent> _inbox = [];

    public InstanceKey Key => key;

    public int Generation { get; private set; }

    public int Turns { get; private set; }

    /// <summary>Null: not read from the store.</summary>
    public WorkflowHistory? History { get; private set; }

    public IReadOnlyList<InboxEvent> Inbox => _inbox;

    /// <summary>In the queue of runnable instances.</summary>
    public bool Queued { get; set; }

    /// <summary>The turn in flight; an instance has one at most.</summary>
    public Dispatch? Turn { get; set; }

    /// <summary>Failed attempts at the current turn.</summary>
    public int Attempts { get; set; }

    /// <summary>Waits for its next attempt: new events do not make it runnable.</summary>
    public bool Parked { get; set; }

    /// <summary>Where it is in the list of instances that may be forgotten; null while it is busy.</summary>
    public LinkedListNode<Instance>? Idle { get; set; }

    public void AddToInbox(InboxEvent e)
    {
        // The store may have been read after this was committed and before this was told.
        if (_inbox.Count == 0 || _inbox[^1].Sequence < e.Sequence)
        {
            _inbox.Add(e);
        }
    }

    /// <summary>Takes what was read from the store; events that were committed meanwhile stay.</summary>
    public void Load(StoredInstance stored)
    {
        Generation = stored.Generation;
        Turns = stored.Turns;
        History = new WorkflowHistory();
        History.Append(stored.History);
        var last = stored.Inbox is [.., var newest] ? newest.Sequence : long.MinValue;
        _inbox.RemoveAll(e => e.Sequence <= last);
        _inbox.InsertRange(0, stored.Inbox);
    }

    /// <summary>Takes what was committed.</summary>
    public void Commit(TurnOutcome outcome, long lastSequence)
    {
        Attempts = 0;
        if (outcome.ConsumesInbox)
        {
            Consume(lastSequence);
        }

        if (outcome.Next is { } next)
        {
            Generation++;
            Turns = 0;
            History = new WorkflowHistory();
            _inbox.InsertRange(0, next.Inbox.Select((e, i) => new InboxEvent(WorkflowStore.FrontSequence(next, i), e)));
        }
        else
        {
            Turns++;
            History!.Append(outcome.Events);
        }
    }

    public void Consume(long lastSequence) => _inbox.RemoveAll(e => e.Sequence <= lastSequence);
}

/// <summary>An activity that has no result yet.</summary>
internal sealed class ActivityTask(InstanceKey instance, int generation, int taskId, string appId, TaskScheduledEvent? order)
{
    public InstanceKey Instance => instance;

    public int Generation => generation;

    public int TaskId => taskId;

    /// <summary>The app whose workers run it.</summary>
    public string AppId => appId;

    /// <summary>Null after a restart: still in the store only.</summary>
    public TaskScheduledEvent? Order { get; set; } = order;

    /// <summary>Nobody waits for it any more; it must not start.</summary>
    public bool Cancelled { get; set; }
}
