using System.Runtime.InteropServices;

namespace DaprShop.Sidecar.Host.Running;

/// <summary>Ctrl-C and its relatives: the first asks the host to stop, a second one to stop at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() => _registrations =
        [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP }
            .Select(signal => PosixSignalRegistration.Create(signal, Handle))];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Cancelled by the second.</summary>
    public CancellationToken Kill => _kill.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
        _kill.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        (_stop.IsCancellationRequested ? _kill : _stop).Cancel();
    }
}
