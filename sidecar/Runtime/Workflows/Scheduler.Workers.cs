using System.Diagnostics.CodeAnalysis;

namespace DaprShop.Sidecar.Workflows;

internal sealed partial class Scheduler
{
    public int WorkerCount(string appId)
    {
        lock (_gate)
        {
            return AppOf(appId).Workers.Count;
        }
    }

    public WorkerStream Connect(string appId)
    {
        var worker = new WorkerStream(appId);
        lock (_gate)
        {
            var app = AppOf(appId);
            app.Workers.Add(worker);
            if (_stopped)
            {
                worker.Close();
            }

            logger.WorkerConnected(appId, app.Workers.Count);
            Pump(app);
        }

        return worker;
    }

    /// <summary>The stream ended: what its worker has in hand goes to another one at once.</summary>
    public void Disconnect(WorkerStream worker)
    {
        lock (_gate)
        {
            var app = AppOf(worker.AppId);
            app.Workers.Remove(worker);
            var returned = 0;
            foreach (var dispatch in worker.Close())
            {
                if (!dispatch.Completing)
                {
                    returned++;
                    GiveBack(dispatch);
                }
            }

            logger.WorkerGone(worker.AppId, app.Workers.Count, returned);
            Pump(app);
        }
    }

    /// <summary>Whether this dispatch still counts; a turn is loaded and begun after that.</summary>
    public bool IsCurrent(Dispatch dispatch)
    {
        lock (_gate)
        {
            return !dispatch.Ended && dispatch.Task is not { Cancelled: true };
        }
    }

    /// <summary>Hands what was read from the store to an instance in a turn, and begins that turn with what its inbox holds now.</summary>
    public bool TryBegin(Dispatch dispatch, StoredInstance? stored, [NotNullWhen(true)] out WorkflowTurn? turn)
    {
        IReadOnlyList<InboxEvent> inbox;
        var instance = dispatch.Instance!;
        turn = null;
        lock (_gate)
        {
            if (dispatch.Ended)
            {
                return false;
            }

            if (stored is not null)
            {
                instance.Load(stored);
            }

            inbox = [.. instance.Inbox];
            dispatch.LastSequence = inbox is [.., var last] ? last.Sequence : long.MinValue;
        }

        dispatch.Turn = turn = WorkflowTurn.Begin(instance.History!, inbox.Select(e => e.Event), time.GetUtcNow());
        return true;
    }

    /// <summary>
    /// Finds what an answer is for. From then on it is being completed: the dispatch ends with the commit or with <see cref="Retry"/>,
    /// whatever happens to the worker. False: the answer is late or a second one.
    /// </summary>
    public bool TryComplete(string appId, string token, string instanceId, int? taskId, [NotNullWhen(true)] out Dispatch? dispatch)
    {
        lock (_gate)
        {
            var app = AppOf(appId);
            dispatch = token.Length > 0 ? app.ByToken.GetValueOrDefault(token) : app.ByName.GetValueOrDefault((instanceId, taskId));
            var sent = dispatch is { Turn: not null } or { Task: not null };
            if (!sent || dispatch!.Completing || NameOf(dispatch) != (instanceId, taskId))
            {
                dispatch = null;
                return false;
            }

            dispatch.Worker.SendsTokens |= token.Length > 0;
            return dispatch.Completing = true;
        }
    }

    /// <summary>An activity's result was committed (or had nobody to go to).</summary>
    public void Completed(Dispatch dispatch)
    {
        lock (_gate)
        {
            End(dispatch);
            Pump(dispatch.Worker);
        }
    }

    /// <summary>The answer could not be committed: it is asked for again after a while, a turn after a longer one each time.</summary>
    public TimeSpan Retry(Dispatch dispatch)
    {
        lock (_gate)
        {
            if (dispatch.Ended)
            {
                return TimeSpan.Zero;
            }

            End(dispatch);
            var delay = options.RetryDelay;
            if (dispatch.Instance is { } instance)
            {
                delay = TimeSpan.FromTicks(Math.Min(options.MaxRetryDelay.Ticks, delay.Ticks << Math.Min(instance.Attempts++, 20)));
                instance.Parked = true;
                _ = new OneShot(time, delay, () => Wake(instance.Key));
            }
            else if (dispatch.Task is { Cancelled: false } task)
            {
                _ = new OneShot(time, delay, () => AddTasks([task]));
            }

            Pump(dispatch.Worker);
            return delay;
        }
    }

    private static (string InstanceId, int? TaskId) NameOf(Dispatch dispatch) =>
        dispatch.Task is { } task ? (task.Instance.InstanceId, task.TaskId) : (dispatch.Instance!.Key.InstanceId, null);

    private void Pump(WorkerStream worker) => Pump(AppOf(worker.AppId));

    private void Pump(App app)
    {
        if (_stopped)
        {
            return;
        }

        while (app.Runnable.Count > 0 && LeastBusy(app, w => w.Turns, options.TurnsPerWorker, app.Limits.Workflows) is { } worker)
        {
            var instance = app.Runnable.Dequeue();
            instance.Queued = false;
            var dispatch = new Dispatch(worker, instance, time.GetTimestamp());
            instance.Turn = dispatch;
            Give(app, dispatch);
            Lease(app, dispatch);
        }

        while (app.Tasks.Count > 0 && LeastBusy(app, w => w.Activities, options.ActivitiesPerWorker, app.Limits.Activities) is { } worker)
        {
            var task = app.Tasks.Dequeue();
            if (!task.Cancelled && NamesakeOf(app, task) is { } namesake)
            {
                namesake.Successors.Add(task);
            }
            else if (!task.Cancelled)
            {
                Give(app, new Dispatch(worker, task, time.GetTimestamp()));
            }
        }
    }

    // An activity of an earlier run may still be in a worker's hands. If that worker sends no tokens, its answer could be for either.
    private static Dispatch? NamesakeOf(App app, ActivityTask task) =>
        app.ByName.GetValueOrDefault((task.Instance.InstanceId, task.TaskId)) is { Worker.SendsTokens: false } other && other.Task != task ? other : null;

    // Of workers that are equally busy it is the turn of the one that has waited longest: Give puts a worker last.
    private static WorkerStream? LeastBusy(App app, Func<WorkerStream, int> load, int limit, int? limitOfAll) =>
        !(app.Workers.Sum(load) >= limitOfAll) && app.Workers.MinBy(load) is { } worker && load(worker) < limit ? worker : null;

    private static void Give(App app, Dispatch dispatch)
    {
        app.ByToken.Add(dispatch.Token, dispatch);
        app.ByName[NameOf(dispatch)] = dispatch;
        dispatch.Worker.Add(dispatch);
        app.Workers.Remove(dispatch.Worker);
        app.Workers.Add(dispatch.Worker);
    }

    private void End(Dispatch dispatch)
    {
        if (dispatch.Ended)
        {
            return;
        }

        dispatch.Ended = true;
        dispatch.Worker.Remove(dispatch);
        var app = AppOf(dispatch.Worker.AppId);
        app.ByToken.Remove(dispatch.Token);
        if (app.ByName.TryGetValue(NameOf(dispatch), out var latest) && latest == dispatch)
        {
            app.ByName.Remove(NameOf(dispatch));
        }

        if (dispatch.Instance is { } instance && instance.Turn == dispatch)
        {
            instance.Turn = null;
        }
        else if (dispatch.Task is { } task)
        {
            Unlist(task);
        }

        dispatch.Successors.ForEach(app.Tasks.Enqueue);
        while (app.Leases.TryPeek(out var oldest) && oldest.Ended)
        {
            app.Leases.Dequeue();
        }
    }

    private void GiveBack(Dispatch dispatch)
    {
        if (dispatch.Ended)
        {
            return;
        }

        End(dispatch);
        if (dispatch.Instance is { } instance)
        {
            Ready(instance);
        }
        else if (dispatch.Task is { Cancelled: false } task)
        {
            Enqueue(task);
        }
    }

    private void Lease(App app, Dispatch dispatch)
    {
        app.Leases.Enqueue(dispatch);
        if (app.Leases.Count == 1)
        {
            app.LeaseTimer ??= time.CreateTimer(_ => EndLeases(app), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            app.LeaseTimer.Change(options.TurnLease, Timeout.InfiniteTimeSpan);
        }
    }

    private void EndLeases(App app)
    {
        lock (_gate)
        {
            while (!_stopped && app.Leases.TryPeek(out var oldest))
            {
                var left = options.TurnLease - time.GetElapsedTime(oldest.GivenAt);
                if (!oldest.Ended && left > TimeSpan.Zero)
                {
                    app.LeaseTimer!.Change(left, Timeout.InfiniteTimeSpan);
                    break;
                }

                app.Leases.Dequeue();
                if (oldest is { Ended: false, Completing: false })
                {
                    logger.LeaseOver(oldest.Instance!.Key.InstanceId, options.TurnLease);
                    GiveBack(oldest);
                }
            }

            Pump(app);
        }
    }

    /// <summary>Runs an action once after a delay and cleans up after itself.</summary>
    private sealed class OneShot
    {
        private readonly ITimer _timer;

        public OneShot(TimeProvider time, TimeSpan delay, Action action)
        {
            _timer = time.CreateTimer(_ => { action(); _timer?.Dispose(); }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(delay, Timeout.InfiniteTimeSpan);
        }
    }
}
