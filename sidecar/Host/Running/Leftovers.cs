namespace DaprShop.Sidecar.Host.Running;

/// <summary>Ends what a killed host left running.</summary>
internal static class Leftovers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Asks them to end, and after three seconds ends them; returns the apps they were.</summary>
    public static async Task<IReadOnlyList<string>> EndAsync(
        IReadOnlyDictionary<string, ProcessIdentity> processes, CancellationToken cancellationToken)
    {
        var left = processes.Where(process => process.Value.IsRunning).ToArray();
        var deadline = DateTimeOffset.UtcNow + Patience;
        SignalAll(left, Native.Terminate);
        while (left.Any(process => process.Value.IsRunning) && DateTimeOffset.UtcNow < deadline)
        {
            await Task.Delay(50, cancellationToken).ConfigureAwait(false);
        }

        SignalAll(left, Native.Kill);
        return [.. left.Select(process => process.Key)];
    }

    private static void SignalAll(IEnumerable<KeyValuePair<string, ProcessIdentity>> processes, int signal)
    {
        foreach (var (_, process) in processes.Where(process => process.Value.IsRunning))
        {
            ProcessSignals.Send(process.Id, signal);
        }
    }
}
