using System.Diagnostics;
using System.Runtime.CompilerServices;
using DaprShop.Sidecar.Observability;
using DaprShop.Sidecar.Storage;
using DaprShop.Sidecar.Workflows.Protocol;
using Google.Protobuf.WellKnownTypes;

namespace DaprShop.Sidecar.Workflows;

/// <summary>One app's workflows: what its clients ask for and what its workers are given.</summary>
internal sealed class WorkflowApp(
    string appId, Database database, Scheduler scheduler, Mailbox mailbox, StatusWaiters waiters, WorkItems items,
    IReadOnlyDictionary<string, WorkflowMetrics> metrics, TimeProvider time)
{
    /// <summary>Streams of workers connected now (metadata: workflows.connectedWorkers).</summary>
    public int ConnectedWorkers => scheduler.WorkerCount(appId);

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    /// <summary>Stores a new instance; completes when it is durable. A finished instance of that id is replaced.</summary>
    /// <exception cref="DaprApiException">An instance of that id lives, or may not be replaced.</exception>
    public Task<string> StartAsync(CreateInstanceRequest request, CancellationToken cancellationToken) =>
        MeasureAsync("create_workflow", CreateAsync(request, cancellationToken));

    private async Task<string> CreateAsync(CreateInstanceRequest request, CancellationToken cancellationToken)
    {
        var instanceId = request.InstanceId.Length > 0 ? request.InstanceId : Guid.NewGuid().ToString();
        var started = HistoryEvents.ExecutionStarted(Now, appId, new ExecutionStartedEvent
        {
            Name = request.Name,
            Input = request.Input,
            WorkflowInstance = new WorkflowInstance { InstanceId = instanceId, ExecutionId = Guid.NewGuid().ToString() },
            ScheduledStartTimestamp = request.ScheduledStartTimestamp,
            ParentTraceContext = request.ParentTraceContext,
        });
        await database.WriteAsync(session =>
        {
            if (WorkflowStore.FindHead(session, appId, instanceId) is { } existing)
            {
                WorkflowErrors.ThrowUnlessReplaceable(session, existing, request.EnforceUniqueInstanceId);
                mailbox.Delete(session, existing.Key);
            }

            mailbox.Start(session, appId, instanceId, started);
        }, cancellationToken).ConfigureAwait(false);
        return instanceId;
    }

    /// <summary>The instance as it is committed; null when there is none.</summary>
    public InstanceRecord? Get(string instanceId)
    {
        var started = Stopwatch.GetTimestamp();
        var instance = Find(instanceId);
        metrics.GetValueOrDefault(appId)?.Operation("get_workflow", instance is not null, started);
        return instance;
    }

    /// <summary>Waits until a worker has taken the first turn; null when there is no such instance.</summary>
    public Task<InstanceRecord?> WaitForStartAsync(string instanceId, CancellationToken cancellationToken) =>
        WaitAsync(instanceId, status => status != OrchestrationStatus.Pending, cancellationToken);

    /// <summary>Waits for the end; null when there is no such instance.</summary>
    public Task<InstanceRecord?> WaitForCompletionAsync(string instanceId, CancellationToken cancellationToken) =>
        WaitAsync(instanceId, status => status.IsTerminal(), cancellationToken);

    /// <summary>Stores an external event; the instance may take it much later. A finished instance drops it.</summary>
    public Task RaiseEventAsync(string instanceId, string name, string? input, CancellationToken cancellationToken) =>
        MeasureAsync("add_event", SendAsync(instanceId, HistoryEvents.EventRaised(Now, name, input), cancellationToken));

    /// <summary>Asks an instance to end; see <see cref="WaitForCompletionAsync"/>.</summary>
    public Task TerminateAsync(string instanceId, string? output, bool recursive, CancellationToken cancellationToken) =>
        SendAsync(instanceId, HistoryEvents.Terminated(Now, output, recursive), cancellationToken);

    public Task SuspendAsync(string instanceId, string? reason, CancellationToken cancellationToken) =>
        SendAsync(instanceId, HistoryEvents.Suspended(Now, reason), cancellationToken);

    public Task ResumeAsync(string instanceId, string? reason, CancellationToken cancellationToken) =>
        SendAsync(instanceId, HistoryEvents.Resumed(Now, reason), cancellationToken);

    public Task WaitForSuspensionAsync(string instanceId, CancellationToken cancellationToken) =>
        WaitOnceAsync(instanceId, status => status == OrchestrationStatus.Suspended || status.IsTerminal(), cancellationToken);

    public Task WaitForResumptionAsync(string instanceId, CancellationToken cancellationToken) =>
        WaitOnceAsync(instanceId, status => status == OrchestrationStatus.Running || status.IsTerminal(), cancellationToken);

    /// <summary>Removes a finished instance, with its children (first) if asked; returns how many are gone.</summary>
    public Task<int> PurgeAsync(string instanceId, bool recursive, bool force, CancellationToken cancellationToken) =>
        MeasureAsync("purge_workflow", database.WriteAsync(session =>
        {
            var instance = WorkflowStore.FindHead(session, appId, instanceId) ?? throw WorkflowErrors.NotFound();
            return Purge(session, instance, recursive, force);
        }, cancellationToken));

    /// <summary>Runs a finished instance again from one of its activities, timers or children, as a new instance; returns that one's id.</summary>
    public async Task<string> RerunAsync(RerunWorkflowFromEventRequest request, CancellationToken cancellationToken)
    {
        var instanceId = request.NewInstanceID is { Length: > 0 } given ? given : Guid.NewGuid().ToString();
        var context = new TurnContext(appId, time.GetUtcNow(), () => Guid.NewGuid().ToString());
        await database.WriteAsync(session =>
        {
            var source = WorkflowStore.FindHead(session, appId, request.SourceInstanceID)
                ?? throw WorkflowErrors.NoSource(request.SourceInstanceID);
            WorkflowErrors.ThrowUnlessRerunnable(source, WorkflowStore.FindHead(session, appId, instanceId), instanceId);
            var history = WorkflowStore.ReadHistory(session, source.Key.No);
            var (started, outcome) = Rerun.Plan(source.Key, history, instanceId, request, context);
            mailbox.StartWith(session, appId, instanceId, started, outcome, context.Timestamp);
        }, cancellationToken).ConfigureAwait(false);
        return instanceId;
    }

    /// <summary>Instance ids in order, and the token of the next page (null: this is the last).</summary>
    public (IReadOnlyList<string> Ids, string? Next) ListIds(string? after, int? pageSize)
    {
        var limit = pageSize is > 0 ? pageSize.Value : int.MaxValue;
        var ids = database.Read(s => WorkflowStore.ReadIds(s, appId, after ?? "", (long)limit + 1));
        return ids.Count > limit ? (ids[..limit], ids[limit - 1]) : (ids, null);
    }

    /// <summary>The committed history of the current generation; null when there is no such instance.</summary>
    public IReadOnlyList<HistoryEvent>? ReadHistory(string instanceId) => database.Read(session =>
        WorkflowStore.FindHead(session, appId, instanceId) is { } head ? WorkflowStore.ReadHistory(session, head.Key.No) : null);

    /// <summary>Makes the caller a worker until the enumeration ends; what it has in hand by then goes to another one.</summary>
    public async IAsyncEnumerable<WorkItem> GetWorkItemsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var worker = scheduler.Connect(appId);
        try
        {
            // A worker that comes may be the new version a stalled instance waits for.
            foreach (var stalled in database.Read(s => WorkflowStore.ReadStalled(s, appId)))
            {
                scheduler.Wake(stalled);
            }

            await foreach (var dispatch in worker.Queue.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                if (await items.PrepareAsync(dispatch).ConfigureAwait(false) is { } item)
                {
                    yield return item;
                }
            }
        }
        finally
        {
            scheduler.Disconnect(worker);
        }
    }

    /// <inheritdoc cref="WorkItems.CompleteTurnAsync"/>
    public Task CompleteTurnAsync(WorkflowResponse response) => items.CompleteTurnAsync(appId, response);

    /// <inheritdoc cref="WorkItems.CompleteActivityAsync"/>
    public Task CompleteActivityAsync(ActivityResponse response) => items.CompleteActivityAsync(appId, response);

    private InstanceRecord? Find(string instanceId) => database.Read(s => WorkflowStore.FindRecord(s, appId, instanceId));

    private Task<T> MeasureAsync<T>(string operation, Task<T> call) =>
        metrics.GetValueOrDefault(appId)?.OperationAsync(operation, call.OrFailAsync(WorkflowErrors.NotStored)) ?? call.OrFailAsync(WorkflowErrors.NotStored);

    private Task<bool> SendAsync(string instanceId, HistoryEvent e, CancellationToken cancellationToken) => database.WriteAsync(session =>
    {
        var target = WorkflowStore.FindHead(session, appId, instanceId) ?? throw WorkflowErrors.NotFound();
        WorkflowErrors.ThrowIfStalled(target);
        if (!target.Status.IsTerminal())
        {
            mailbox.Send(session, target, e);
        }

        return true;
    }, cancellationToken);

    // The instance may have been replaced by a new run between the commit that ends the wait and the look at it.
    private async Task<InstanceRecord?> WaitAsync(
        string instanceId, Func<OrchestrationStatus, bool> reached, CancellationToken cancellationToken)
    {
        var instance = await WaitOnceAsync(instanceId, reached, cancellationToken).ConfigureAwait(false);
        while (instance is not null && !reached(instance.Status))
        {
            instance = await WaitOnceAsync(instanceId, reached, cancellationToken).ConfigureAwait(false);
        }

        return instance;
    }

    private async Task<InstanceRecord?> WaitOnceAsync(
        string instanceId, Func<OrchestrationStatus, bool> reached, CancellationToken cancellationToken)
    {
        using var waiter = waiters.Add(appId, instanceId, reached);
        var instance = Find(instanceId);
        if (instance is null || reached(instance.Status))
        {
            return instance;
        }

        await waiter.Reached.WaitAsync(cancellationToken).ConfigureAwait(false);
        return Find(instanceId);
    }

    private int Purge(Session session, InstanceHead instance, bool recursive, bool force)
    {
        var purged = 0;
        var left = new Stack<InstanceHead>([instance]);
        while (left.TryPop(out var next))
        {
            // A child that may not be purged undoes all of it: the write is one transaction.
            if (!force)
            {
                WorkflowErrors.ThrowUnlessPurgeable(next);
            }

            mailbox.Delete(session, next.Key);
            purged++;
            foreach (var child in recursive ? WorkflowStore.FindChildren(session, next.Key) : [])
            {
                left.Push(child);
            }
        }

        return purged;
    }
}
