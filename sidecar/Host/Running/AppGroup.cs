using System.ComponentModel;
using DaprShop.Sidecar.Host.Files;
using DaprShop.Sidecar.Host.Output;

namespace DaprShop.Sidecar.Host.Running;

/// <summary>The apps of a run: started together, reported when one ends, ended together.</summary>
internal sealed class AppGroup(Terminal terminal, RunRecord record, DataDirectory data) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly Ink[] Inks =
    [
        Ink.Cyan, Ink.Green, Ink.Magenta, Ink.Yellow, Ink.Blue, Ink.BrightCyan, Ink.BrightGreen, Ink.BrightMagenta, Ink.BrightYellow, Ink.BrightBlue,
    ];

    private readonly List<AppProcess> _processes = [];
    private readonly List<AppOutput> _outputs = [];
    private volatile bool _stopping;

    /// <summary>Starts an app that has a command.</summary>
    public void Start(RunApp app, SidecarEndpoint sidecar)
    {
        var file = app.AppLog.HasFlag(LogDestination.File) ? new BoundedLogFile(data.Logs, app.AppId) : null;
        var output = new AppOutput(app.AppId, app.AppLog, Inks[_processes.Count % Inks.Length], terminal, file);
        _outputs.Add(output);
        var process = AppProcess.Start(app.KeepingFilesIn(data.AppFiles), sidecar, output);
        _processes.Add(process);
        _ = WatchAsync(process);
    }

    public AppProcess? Find(string appId) => _processes.Find(process => process.App.AppId == appId);

    /// <summary>Asks every app to end; after ten seconds, or when <paramref name="atOnce"/> is cancelled, ends them.</summary>
    public async Task StopAsync(CancellationToken atOnce)
    {
        _stopping = true;
        await SignalAsync(_processes, Native.Terminate).ConfigureAwait(false);

        // Patience that ran out, a second Ctrl-C and an app that could not be started are all looked at below.
        Task ended = Task.WhenAll(_processes.Select(process => process.Exited));
        await ended.WaitAsync(Patience, atOnce).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var late = _processes.Where(process => !process.Exited.IsCompleted).ToArray();
        if (late.Length > 0)
        {
            terminal.WriteLine($"Ending at once: {string.Join(", ", late.Select(process => process.App.AppId))}");
            await SignalAsync(late, Native.Kill).ConfigureAwait(false);
            await Task.WhenAll(late.Select(process => process.Exited)).ConfigureAwait(false);
        }
    }

    public void Dispose() => _outputs.ForEach(output => output.Dispose());

    private static Task SignalAsync(IEnumerable<AppProcess> processes, int signal) =>
        Task.WhenAll(processes.Select(process => process.SignalAsync(signal)));

    private async Task WatchAsync(AppProcess process)
    {
        var appId = process.App.AppId;
        try
        {
            if (ProcessIdentity.Of(await process.Started.ConfigureAwait(false)) is { } identity)
            {
                record.Add(appId, identity);
            }

            var code = await process.Exited.ConfigureAwait(false);
            if (!_stopping)
            {
                terminal.WriteLine(terminal.Paint($"{appId} has ended with exit code {code}; the other apps go on. Its last lines:", code == 0 ? Ink.Yellow : Ink.Red));
                foreach (var line in process.LastLines)
                {
                    terminal.WriteLine("    " + line);
                }
            }
        }
        catch (Win32Exception e)
        {
            terminal.WriteLine(terminal.Paint($"{appId} cannot be started: {e.Message}", Ink.Red));
        }
    }
}
