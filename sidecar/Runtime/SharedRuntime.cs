using DaprShop.Sidecar.Actors;
using DaprShop.Sidecar.Configuration;
using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.Jobs;
using DaprShop.Sidecar.PubSub;
using DaprShop.Sidecar.State;
using DaprShop.Sidecar.Storage;
using DaprShop.Sidecar.Workflows;

namespace DaprShop.Sidecar;

/// <summary>What the sidecars of one process have in common: the store, the broker, the workflow engine and the list of apps.</summary>
internal sealed class SharedRuntime : IAsyncDisposable
{
    public SharedRuntime(Database database, TimeProvider time, ILoggerFactory loggers, WorkflowOptions workflows)
    {
        (Database, Time, Loggers) = (database, time, loggers);
        Purge = new ExpiredStatePurge(database, time, loggers.CreateLogger<ExpiredStatePurge>());
        Configuration = new ConfigurationChanges(database);
        Broker = new Broker(database, time, loggers);
        Workflows = new WorkflowEngine(database, time, loggers, workflows);
        Reminders = new Reminders(database, Placement, time, loggers);
        Jobs = new JobScheduler(database, time, loggers);
    }

    public Database Database { get; }

    public TimeProvider Time { get; }

    public ILoggerFactory Loggers { get; }

    public ExpiredStatePurge Purge { get; }

    public AppDirectory Apps { get; } = new();

    /// <summary>The sidecars of other processes; null when there is nothing to do with them.</summary>
    public Peers? Peers { get; init; }

    public ConfigurationChanges Configuration { get; }

    public Broker Broker { get; }

    public WorkflowEngine Workflows { get; }

    public ActorPlacement Placement { get; } = new();

    public Reminders Reminders { get; }

    public JobScheduler Jobs { get; }

    /// <summary>Ends the background work, then closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        Peers?.Dispose();
        await Jobs.DisposeAsync().ConfigureAwait(false);
        await Reminders.DisposeAsync().ConfigureAwait(false);
        Placement.Dispose();
        await Workflows.DisposeAsync().ConfigureAwait(false);
        await Purge.DisposeAsync().ConfigureAwait(false);
        await Broker.DisposeAsync().ConfigureAwait(false);
        await Database.DisposeAsync().ConfigureAwait(false);
    }
}
