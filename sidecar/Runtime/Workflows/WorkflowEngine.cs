using DaprShop.Sidecar.Storage;

namespace DaprShop.Sidecar.Workflows;

/// <summary>The durable workflow engine of all apps of this process.</summary>
internal sealed class WorkflowEngine(Database database, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>Opens the store and makes what was running before a restart runnable again.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => throw new NotImplementedException($"{database}{time}{loggers}");

    /// <summary>Stops dispatching; open streams end.</summary>
    public Task StopAsync() => throw new NotImplementedException();
}
