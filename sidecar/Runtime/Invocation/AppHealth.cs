namespace DaprShop.Sidecar.Invocation;

/// <summary>
/// Whether an app can take calls: its port answers and, where probes are on, so do they. Starts as not healthy. Delivery of
/// messages waits here while the app is away.
/// </summary>
internal sealed class AppHealth(bool probed)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _healthy = NewSignal();
    private TaskCompletionSource _unhealthy = Completed();
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

    /// <summary>Completes when the app is not healthy, at once if it is not.</summary>
    public Task WaitUntilUnhealthyAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _unhealthy.Task.WaitAsync(cancellationToken);
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
                Signal(_healthy, ref _unhealthy);
            }
            else
            {
                Signal(_unhealthy, ref _healthy);
            }

            return true;
        }
    }

    private static void Signal(TaskCompletionSource reached, ref TaskCompletionSource left)
    {
        reached.TrySetResult();
        if (left.Task.IsCompleted)
        {
            left = NewSignal();
        }
    }

    private static TaskCompletionSource Completed()
    {
        var signal = NewSignal();
        signal.SetResult();
        return signal;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
