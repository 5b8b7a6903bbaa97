namespace DaprShop.Sidecar;

/// <summary>What /v1.0/healthz and /v1.0/healthz/outbound answer from.</summary>
internal sealed class SidecarHealth
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Components and API servers are up; the app may not be yet.</summary>
    public bool OutboundReady { get; private set; }

    /// <summary>The app was found, its subscriptions were read: everything works.</summary>
    public bool Ready { get; private set; }

    /// <summary>Completes when the sidecar became ready; faults when its start failed for good.</summary>
    public Task WhenReady => _ready.Task;

    public void ReportOutboundReady() => OutboundReady = true;

    public void ReportReady()
    {
        Ready = true;
        _ready.TrySetResult();
    }

    public void ReportFailed(Exception exception) => _ready.TrySetException(exception);

    /// <summary>The sidecar takes no more calls.</summary>
    public void ReportStopped()
    {
        Ready = false;
        OutboundReady = false;
        _ready.TrySetCanceled();
    }
}
