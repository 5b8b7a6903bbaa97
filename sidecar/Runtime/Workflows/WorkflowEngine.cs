using System.Collections.Concurrent;
using DaprShop.Sidecar.Observability;
using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Storage;

namespace DaprShop.Sidecar.Workflows;

/// <summary>
/// The durable workflow engine of all apps of this process. An instance belongs to the app that started it; its history, inbox, timers
/// and open activities are in the database, and every turn is one transaction there, so a restart at any point loses nothing.
/// </summary>
internal sealed class WorkflowEngine : IAsyncDisposable
{
    private readonly Database _database;
    private readonly WorkflowStore _store = new();
    private readonly Scheduler _scheduler;
    private readonly TimerQueue _timers;
    private readonly StatusWaiters _waiters = new();
    private readonly Mailbox _mailbox;
    private readonly WorkItems _items;
    private readonly RetentionPolicies _retention = new();
    private readonly ConcurrentDictionary<string, WorkflowMetrics> _metrics = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, WorkflowApp> _apps = new(StringComparer.Ordinal);

    public WorkflowEngine(Database database, TimeProvider time, ILoggerFactory loggers, WorkflowOptions? options = null)
    {
        options ??= new WorkflowOptions();
        var logger = loggers.CreateLogger<WorkflowEngine>();
        _database = database;
        _time = time;
        _scheduler = new Scheduler(options, time, logger);
        _timers = new TimerQueue(database, _store, _scheduler, time, logger);
        _mailbox = new Mailbox(_store, _scheduler, _timers, _waiters);
        _items = new WorkItems(database, _store, _scheduler, _timers, _waiters, _mailbox, _retention, _metrics, options, time, logger);
    }

    /// <summary>The workflows of one app.</summary>
    public WorkflowApp App(string appId) =>
        _apps.GetOrAdd(appId, id => new WorkflowApp(id, _database, _scheduler, _mailbox, _waiters, _items, _metrics, _time));

    /// <summary>Sets how long an app keeps its workflows once they have ended.</summary>
    public void Retain(string appId, WorkflowRetention policy) => _retention.Set(appId, policy);

    /// <summary>Sets how much of an app its workers, all together, may have in hand at a time.</summary>
    public void Limit(string appId, WorkflowConcurrency limits) => _scheduler.Limit(appId, limits);

    /// <summary>Says where an app's workflows are counted; of several instances of an app the first one's sidecar has them.</summary>
    public void Measure(string appId, WorkflowMetrics metrics) => _metrics.TryAdd(appId, metrics);

    /// <summary>Opens the store and makes what was running before a restart runnable again.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _store.Open(_database);
        _scheduler.AddTasks(_database.Read(WorkflowStore.ReadTasks)
            .Select(t => new ActivityTask(t.Instance, t.Generation, t.TaskId, t.AppId, order: null)));
        foreach (var instance in _database.Read(WorkflowStore.ReadRunnable))
        {
            _scheduler.Wake(instance);
        }

        _timers.Start();
        return Task.CompletedTask;
    }

    /// <summary>Stops dispatching; open streams end.</summary>
    public async Task StopAsync()
    {
        _scheduler.Stop();
        _waiters.Stop();
        await _timers.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _scheduler.Dispose();
    }
}
