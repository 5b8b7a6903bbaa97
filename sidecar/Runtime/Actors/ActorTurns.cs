namespace DaprShop.Sidecar.Actors;

/// <summary>
/// The turns of one actor: one call at a time, in the order of their arrival. A call of the chain that holds the turn enters at
/// once, up to a depth. Closing takes the next turn and keeps it.
/// </summary>
internal sealed class ActorTurns(int maxDepth)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private string? _chain;
    private int _depth;
    private TaskCompletionSource? _closer;
    private bool _closing;
    private bool _closed;

    /// <summary>Waits for the turn; false when the actor was closed instead: it is to be looked up again.</summary>
    /// <param name="chain">The call chain; null is one of its own.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async ValueTask<bool> EnterAsync(string? chain, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            if (_depth > 0 && chain is not null && chain == _chain)
            {
                return ++_depth <= maxDepth || TooDeep();
            }

            if (_depth == 0 && !_closing)
            {
                (_chain, _depth) = (chain, 1);
                return true;
            }

            waiter = new Waiter(chain);
            _waiting.AddLast(waiter.Node);
        }

        await using var registration = cancellationToken.UnsafeRegister(_ => Abandon(waiter, cancellationToken), null).ConfigureAwait(false);
        return await waiter.Turn.Task.ConfigureAwait(false);
    }

    public void Leave()
    {
        lock (_lock)
        {
            if (--_depth > 0)
            {
                return;
            }

            _chain = null;
            if (_closer is not null)
            {
                _closer.SetResult();
                _closer = null;
            }
            else if (!_closing && _waiting.First is { } next)
            {
                _waiting.RemoveFirst();
                (_chain, _depth) = (next.Value.Chain, 1);
                next.Value.Turn.SetResult(true);
            }
        }
    }

    /// <summary>True when the turn belongs to this chain.</summary>
    public bool IsHeldBy(string? chain)
    {
        lock (_lock)
        {
            return chain is not null && _depth > 0 && _chain == chain;
        }
    }

    /// <summary>Takes the turn for good if the actor has no call, running or waiting.</summary>
    public bool TryBeginClose()
    {
        lock (_lock)
        {
            return _depth == 0 && !_closing && (_closing = true);
        }
    }

    /// <summary>Takes the next turn for good; false when another does so already.</summary>
    public bool TryBeginClose(out Task taken)
    {
        lock (_lock)
        {
            taken = Task.CompletedTask;
            if (_closing)
            {
                return false;
            }

            _closing = true;
            if (_depth > 0)
            {
                _closer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                taken = _closer.Task;
            }

            return true;
        }
    }

    /// <summary>Sends all who wait to look the actor up again.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            foreach (var waiter in _waiting)
            {
                waiter.Turn.SetResult(false);
            }

            _waiting.Clear();
        }
    }

    private bool TooDeep()
    {
        _depth--;
        throw ActorErrors.StackTooDeep();
    }

    private void Abandon(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (waiter.Node.List is not null)
            {
                _waiting.Remove(waiter.Node);
                waiter.Turn.SetCanceled(cancellationToken);
            }
        }
    }

    private sealed class Waiter
    {
        public Waiter(string? chain)
        {
            Chain = chain;
            Node = new LinkedListNode<Waiter>(this);
        }

        public string? Chain { get; }

        public LinkedListNode<Waiter> Node { get; }

        public TaskCompletionSource<bool> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
