using System.Threading.Channels;

namespace DaprShop.Sidecar.Workflows;

/// <summary>One connected worker: what it has in hand, and the queue its stream is written from. Guarded by the scheduler's gate.</summary>
internal sealed class WorkerStream(string appId)
{
    private readonly Channel<Dispatch> _queue = Channel.CreateUnbounded<Dispatch>(new UnboundedChannelOptions { SingleReader = true });
    private readonly HashSet<Dispatch> _inFlight = [];

    public string AppId => appId;

    /// <summary>Items to send, in order; it ends when the engine stops.</summary>
    public ChannelReader<Dispatch> Queue => _queue.Reader;

    /// <summary>Its answers name the dispatch they are for.</summary>
    public bool SendsTokens { get; set; }

    public int Turns { get; private set; }

    public int Activities { get; private set; }

    public void Add(Dispatch dispatch)
    {
        _inFlight.Add(dispatch);
        Count(dispatch, 1);
        _queue.Writer.TryWrite(dispatch);
    }

    public void Remove(Dispatch dispatch)
    {
        if (_inFlight.Remove(dispatch))
        {
            Count(dispatch, -1);
        }
    }

    /// <summary>Ends the queue and returns what the worker has in hand.</summary>
    public IReadOnlyList<Dispatch> Close()
    {
        _queue.Writer.TryComplete();
        return [.. _inFlight];
    }

    private void Count(Dispatch dispatch, int change)
    {
        if (dispatch.Task is null)
        {
            Turns += change;
        }
        else
        {
            Activities += change;
        }
    }
}

/// <summary>A turn or an activity given to a worker.</summary>
internal sealed class Dispatch
{
    public Dispatch(WorkerStream worker, Instance instance, long givenAt) => (Worker, Instance, GivenAt) = (worker, instance, givenAt);

    public Dispatch(WorkerStream worker, ActivityTask task, long givenAt) => (Worker, Task, GivenAt) = (worker, task, givenAt);

    /// <summary>New for every dispatch: an answer with another token is late.</summary>
    public string Token { get; } = Guid.NewGuid().ToString("N");

    public WorkerStream Worker { get; }

    /// <summary>Set for a turn.</summary>
    public Instance? Instance { get; }

    /// <summary>Set for an activity.</summary>
    public ActivityTask? Task { get; }

    /// <summary>Clock reading (TimeProvider.GetTimestamp) when the turn or the activity was given out.</summary>
    public long GivenAt { get; }

    /// <summary>The turn that was sent; null before.</summary>
    public WorkflowTurn? Turn { get; set; }

    /// <summary>The last inbox event the turn has taken.</summary>
    public long LastSequence { get; set; }

    /// <summary>Activities that may not be given out before this one has ended.</summary>
    public List<ActivityTask> Successors { get; } = [];

    /// <summary>Its answer is being committed: it no longer goes back when the worker goes.</summary>
    public bool Completing { get; set; }

    /// <summary>Given back or answered: this dispatch counts no more.</summary>
    public bool Ended { get; set; }
}
