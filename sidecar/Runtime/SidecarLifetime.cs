namespace DaprShop.Sidecar;

/// <summary>Start and stop of one sidecar, in daprd's order: API up, app found, actors and subscriptions active; and back.</summary>
internal sealed partial class SidecarLifetime(Sidecar sidecar) : IDisposable
{
    // daprd's dapr-graceful-shutdown-seconds.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = sidecar.Shared.Loggers.CreateLogger("dapr.runtime");
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private IReadOnlyList<SidecarListener> _listeners = [];
    private Task _starting = Task.CompletedTask;
    private Task? _stop;

    /// <summary>Cancelled when the sidecar begins to stop.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Completes when the sidecar has stopped, whoever asked for it.</summary>
    public Task WhenStopped => _stopped.Task;

    /// <summary>Call when the API answers on <paramref name="listeners"/>: the rest of the start goes on in the background.</summary>
    public void Start(IReadOnlyList<SidecarListener> listeners)
    {
        _listeners = listeners;
        sidecar.Health.ReportOutboundReady();
        _starting = StartAsync();
    }

    /// <summary>Stops subscriptions and actors first, then the API. Safe to call more than once.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            return _stop ??= StopOnceAsync();
        }
    }

    /// <summary>Stops this sidecar while the others go on: what still runs on its connections has a while to end.</summary>
    public async Task ShutdownAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await Task.WhenAll(_listeners.Select(listener => listener.DrainAsync(DrainTime))).ConfigureAwait(false);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task StartAsync()
    {
        try
        {
            if (sidecar.App.Exists)
            {
                LogWaiting(sidecar.AppId, sidecar.Options.AppPort);
                await sidecar.App.WaitForPortAsync(Stopping).ConfigureAwait(false);
                LogDiscovered(sidecar.AppId, sidecar.Options.AppPort);
            }

            await sidecar.Actors.StartAsync(Stopping).ConfigureAwait(false);
            await sidecar.PubSub.StartAsync(Stopping).ConfigureAwait(false);
            await sidecar.Bindings.StartAsync(Stopping).ConfigureAwait(false);
            sidecar.Jobs.Start();
            sidecar.Health.ReportReady();
            LogRunning(sidecar.AppId);
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            // Stopped before the app was there.
        }
        catch (Exception e)
        {
            LogFailed(e, sidecar.AppId);
            sidecar.Health.ReportFailed(e);
        }
    }

    private async Task StopOnceAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _starting.ConfigureAwait(false);
        sidecar.Shared.Apps.Remove(sidecar);
        try
        {
            await Task.WhenAll(sidecar.PubSub.StopAsync(), sidecar.Configuration.StopAsync(), sidecar.Bindings.StopAsync(), sidecar.Jobs.StopAsync()).ConfigureAwait(false);
            await sidecar.Actors.StopAsync().ConfigureAwait(false);
        }
        finally
        {
            sidecar.Health.ReportStopped();
            foreach (var listener in _listeners)
            {
                listener.Close();
            }

            await sidecar.App.StopAsync().ConfigureAwait(false);
            _stopped.TrySetResult();
        }
    }

    [LoggerMessage(LogLevel.Information, "{AppId}: waiting on port {Port}. This will block until the app is listening on that port.")]
    private partial void LogWaiting(string appId, int port);

    [LoggerMessage(LogLevel.Information, "{AppId}: application discovered on port {Port}")]
    private partial void LogDiscovered(string appId, int port);

    [LoggerMessage(LogLevel.Information, "{AppId}: dapr initialized. Status: Running.")]
    private partial void LogRunning(string appId);

    [LoggerMessage(LogLevel.Error, "{AppId}: the sidecar could not start its actors and subscriptions")]
    private partial void LogFailed(Exception exception, string appId);
}
