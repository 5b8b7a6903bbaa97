using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.PubSub;
using DaprShop.Sidecar.State;
using DaprShop.Sidecar.Storage;
using DaprShop.Sidecar.Workflows;

namespace DaprShop.Sidecar;

/// <summary>What the sidecars of one process have in common: the store, the broker, the workflow engine and the list of apps.</summary>
internal sealed class SharedRuntime(Database database, TimeProvider time, ILoggerFactory loggers) : IAsyncDisposable
{
    public Database Database => database;

    public TimeProvider Time => time;

    public ILoggerFactory Loggers => loggers;

    public ExpiredStatePurge Purge { get; } = new(database, time, loggers.CreateLogger<ExpiredStatePurge>());

    public AppDirectory Apps { get; } = new();

    public Broker Broker { get; } = new(database, time, loggers);

    public WorkflowEngine Workflows { get; } = new(database, time, loggers);

    /// <summary>Ends the background work, then closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await Workflows.DisposeAsync().ConfigureAwait(false);
        await Purge.DisposeAsync().ConfigureAwait(false);
        await Broker.DisposeAsync().ConfigureAwait(false);
        await Database.DisposeAsync().ConfigureAwait(false);
    }
}
