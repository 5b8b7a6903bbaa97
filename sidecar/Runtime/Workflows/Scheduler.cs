using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Workflows.Protocol;

namespace DaprShop.Sidecar.Workflows;

/// <summary>
/// Who gets what and when: the runnable instances and the waiting activities of each app, and its connected workers. In memory only;
/// it is told of every commit and rebuilt from the store at start. All members may be called from any thread; nothing in here blocks.
/// </summary>
internal sealed partial class Scheduler(WorkflowOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Instance> _instances = [];
    private readonly Dictionary<long, HashSet<ActivityTask>> _waitingTasks = [];
    private readonly Dictionary<string, App> _apps = new(StringComparer.Ordinal);
    private readonly LinkedList<Instance> _idle = [];
    private long _idleSize;
    private bool _stopped;

    /// <summary>What one app has waiting and in hand.</summary>
    private sealed class App
    {
        public List<WorkerStream> Workers { get; } = [];

        public Queue<Instance> Runnable { get; } = [];

        public Queue<ActivityTask> Tasks { get; } = [];

        public Dictionary<string, Dispatch> ByToken { get; } = new(StringComparer.Ordinal);

        // For workers that do not send the token back.
        public Dictionary<(string InstanceId, int? TaskId), Dispatch> ByName { get; } = [];

        public Queue<Dispatch> Leases { get; } = [];

        public ITimer? LeaseTimer { get; set; }

        public WorkflowConcurrency Limits { get; set; } = new();
    }

    /// <summary>From now on; what is in hand already stays there.</summary>
    public void Limit(string appId, WorkflowConcurrency limits)
    {
        lock (_gate)
        {
            var app = AppOf(appId);
            app.Limits = limits;
            Pump(app);
        }
    }

    /// <summary>An instance became runnable: it was stored, its start time came, or a restart found it.</summary>
    public void Wake(InstanceKey key)
    {
        lock (_gate)
        {
            var instance = Find(key);
            instance.Parked = false;
            Ready(instance);
        }
    }

    /// <summary>An instance was stored with its first event: the store need not be read.</summary>
    public void Created(InstanceKey key, InboxEvent first)
    {
        lock (_gate)
        {
            var instance = Find(key);
            instance.Load(new StoredInstance(Generation: 1, Turns: 0, [], [first]));
            Ready(instance);
        }
    }

    /// <summary>An event was committed to an inbox.</summary>
    public void Deliver(InstanceKey key, InboxEvent e)
    {
        lock (_gate)
        {
            var instance = Find(key);
            instance.AddToInbox(e);
            Ready(instance);
        }
    }

    /// <summary>Activities were committed, or found by a restart.</summary>
    public void AddTasks(IEnumerable<ActivityTask> tasks)
    {
        lock (_gate)
        {
            foreach (var task in tasks)
            {
                Enqueue(task);
                Pump(AppOf(task.AppId));
            }
        }
    }

    /// <summary>An instance was deleted.</summary>
    public void Forget(long no)
    {
        lock (_gate)
        {
            if (_instances.Remove(no, out var instance))
            {
                Unidle(instance);
                if (instance.Turn is { } turn)
                {
                    End(turn);
                    Pump(turn.Worker);
                }
            }

            CancelTasks(no);
        }
    }

    /// <summary>A turn was committed.</summary>
    public void Committed(Dispatch dispatch, TurnOutcome outcome)
    {
        lock (_gate)
        {
            var instance = dispatch.Instance!;
            End(dispatch);
            if (outcome.Next is not null || outcome.Status == OrchestrationStatus.Terminated)
            {
                CancelTasks(instance.Key.No);
            }

            var generation = instance.Generation;
            instance.Commit(outcome, dispatch.LastSequence);
            foreach (var order in outcome.Activities)
            {
                Enqueue(new ActivityTask(instance.Key, generation, order.TaskId, order.AppId, order.Task));
                Pump(AppOf(order.AppId));
            }

            if (outcome.Completed is not null || outcome.Status == OrchestrationStatus.Stalled)
            {
                _instances.Remove(instance.Key.No);
            }
            else
            {
                Ready(instance);
            }

            Pump(AppOf(instance.Key.AppId));
        }
    }

    /// <summary>A turn asked for nothing new: its duplicates were removed from the inbox.</summary>
    public void Skipped(Dispatch dispatch)
    {
        lock (_gate)
        {
            var instance = dispatch.Instance!;
            End(dispatch);
            instance.Consume(dispatch.LastSequence);
            Ready(instance);
            Pump(dispatch.Worker);
        }
    }

    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            foreach (var app in _apps.Values)
            {
                app.LeaseTimer?.Dispose();
                foreach (var worker in app.Workers)
                {
                    worker.Close();
                }
            }
        }
    }

    public void Dispose() => Stop();

    private App AppOf(string appId)
    {
        if (!_apps.TryGetValue(appId, out var app))
        {
            _apps.Add(appId, app = new App());
        }

        return app;
    }

    private Instance Find(InstanceKey key)
    {
        if (!_instances.TryGetValue(key.No, out var instance))
        {
            _instances.Add(key.No, instance = new Instance(key));
        }

        return instance;
    }

    private void Ready(Instance instance)
    {
        if (instance.Queued || instance.Turn is not null || instance.Parked)
        {
            return;
        }

        // A cold instance may have more in the store than it was told of.
        if (instance.History is not null && instance.Inbox.Count == 0)
        {
            BecomeIdle(instance);
            return;
        }

        Unidle(instance);
        instance.Queued = true;
        var app = AppOf(instance.Key.AppId);
        app.Runnable.Enqueue(instance);
        Pump(app);
    }

    private void BecomeIdle(Instance instance)
    {
        if (instance.Idle is null)
        {
            instance.Idle = _idle.AddLast(instance);
            _idleSize += instance.History!.Size;
        }

        while (_idleSize > options.HistoryCacheSize && _idle.First is { Value: var oldest })
        {
            Unidle(oldest);
            _instances.Remove(oldest.Key.No);
        }
    }

    private void Unidle(Instance instance)
    {
        if (instance.Idle is { } node)
        {
            _idle.Remove(node);
            _idleSize -= instance.History!.Size;
            instance.Idle = null;
        }
    }

    private void Enqueue(ActivityTask task)
    {
        if (!_waitingTasks.TryGetValue(task.Instance.No, out var waiting))
        {
            _waitingTasks.Add(task.Instance.No, waiting = []);
        }

        waiting.Add(task);
        AppOf(task.AppId).Tasks.Enqueue(task);
    }

    private void Unlist(ActivityTask task)
    {
        if (_waitingTasks.TryGetValue(task.Instance.No, out var waiting) && waiting.Remove(task) && waiting.Count == 0)
        {
            _waitingTasks.Remove(task.Instance.No);
        }
    }

    private void CancelTasks(long no)
    {
        if (_waitingTasks.Remove(no, out var waiting))
        {
            foreach (var task in waiting)
            {
                task.Cancelled = true;
            }
        }
    }
}
