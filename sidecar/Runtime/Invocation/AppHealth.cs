namespace DaprShop.Sidecar.Invocation;

/// <summary>
/// Whether an app can take calls: its port answers and, where probes are on, so do they. Starts as not healthy. Delivery of
/// messages waits here while the app is away.
/// </summary>
internal sealed class AppHealth(bool probed)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _healthy = NewSignal();
    private bool _portAnswers;
    private bool _probesPass = !probed;

    /// <summary>The last dial or call reached the app.</summary>
    public bool PortAnswers => Volatile.Read(ref _portAnswers);

    /// <summary>The last probes passed; true when the app is not probed.</summary>
    public bool ProbesPass => Volatile.Read(ref _probesPass);

    public bool IsHealthy => PortAnswers && ProbesPass;

    /// <summary>Completes when the app is healthy, at once if it is.</summary>
    public Task WaitUntilHealthyAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _healthy.Task.WaitAsync(cancellationToken);
        }
    }

    public bool SetPortAnswers(bool answers) => Set(ref _portAnswers, answers);

    public bool SetProbesPass(bool pass) => Set(ref _probesPass, pass);

    /// <summary>True when the value changed.</summary>
    private bool Set(ref bool field, bool value)
    {
        lock (_lock)
        {
            if (field == value)
            {
                return false;
            }

            field = value;
            if (_portAnswers && _probesPass)
            {
                _healthy.TrySetResult();
            }
            else if (_healthy.Task.IsCompleted)
            {
                _healthy = NewSignal();
            }

            return true;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
