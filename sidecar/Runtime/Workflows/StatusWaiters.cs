using DaprShop.Sidecar.Workflows.Protocol;

namespace DaprShop.Sidecar.Workflows;

/// <summary>Calls that wait for an instance to reach a status; they are told by the commit that brings it there.</summary>
internal sealed class StatusWaiters
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string AppId, string InstanceId), List<Waiter>> _waiters = [];
    private bool _stopped;

    public Waiter Add(string appId, string instanceId, Func<OrchestrationStatus, bool> reached)
    {
        var waiter = new Waiter(this, (appId, instanceId), reached);
        lock (_gate)
        {
            if (!_waiters.TryGetValue(waiter.Key, out var waiters))
            {
                _waiters.Add(waiter.Key, waiters = []);
            }

            waiters.Add(waiter);
            if (_stopped)
            {
                waiter.Fail(WorkflowErrors.Stopping());
            }
        }

        return waiter;
    }

    /// <summary>A commit changed an instance; a null status says that it is gone.</summary>
    public void Signal(InstanceKey instance, OrchestrationStatus? status)
    {
        lock (_gate)
        {
            if (_waiters.TryGetValue((instance.AppId, instance.InstanceId), out var waiters))
            {
                foreach (var waiter in waiters)
                {
                    waiter.Signal(status);
                }
            }
        }
    }

    /// <summary>The engine stops: nobody will be told any more.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            foreach (var waiter in _waiters.Values.SelectMany(waiters => waiters))
            {
                waiter.Fail(WorkflowErrors.Stopping());
            }
        }
    }

    private void Remove(Waiter waiter)
    {
        lock (_gate)
        {
            if (_waiters.TryGetValue(waiter.Key, out var waiters) && waiters.Remove(waiter) && waiters.Count == 0)
            {
                _waiters.Remove(waiter.Key);
            }
        }
    }

    internal sealed class Waiter(StatusWaiters owner, (string AppId, string InstanceId) key, Func<OrchestrationStatus, bool> reached)
        : IDisposable
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public (string AppId, string InstanceId) Key => key;

        public Task Reached => _reached.Task;

        public void Signal(OrchestrationStatus? status)
        {
            if (status is not { } now || reached(now))
            {
                _reached.TrySetResult();
            }
        }

        public void Fail(Exception e) => _reached.TrySetException(e);

        public void Dispose() => owner.Remove(this);
    }
}
