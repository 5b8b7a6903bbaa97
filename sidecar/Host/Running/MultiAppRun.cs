using System.Diagnostics;
using DaprShop.Sidecar.Host.Files;
using DaprShop.Sidecar.Host.Output;
using DaprShop.Sidecar.Resources.Yaml;

namespace DaprShop.Sidecar.Host.Running;

/// <summary>One run: check everything, start the sidecars, then the apps, tell the user, wait for the end, stop in reverse.</summary>
internal sealed class MultiAppRun(HostArguments arguments, Terminal terminal, StopSignals signals)
{
    private const int Failed = 1;
    private static readonly TimeSpan LongStart = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(10);

    /// <summary>Returns the exit code: 0 after a stop that was asked for, 1 when nothing could be started.</summary>
    public async Task<int> RunAsync()
    {
        var findings = new Findings(arguments.Lenient);
        var prepared = Preparation.Read(arguments, findings);
        if (prepared is null)
        {
            return Refuse(findings);
        }

        var path = Path.GetFullPath(arguments.DataDirectory ?? Path.Combine(
            Path.GetDirectoryName(prepared.File.Path)!, ".dapr", arguments.Sidecar?.AppId ?? ""));
        using var data = DataDirectory.TryOpen(path, arguments.InMemory);
        if (data is null)
        {
            var host = RunRecord.HostOf(Path.Combine(path, "run.json")) is { } id ? $"the host with process id {id}" : "another host";
            terminal.WriteLine(terminal.Paint($"{path} is in use by {host}: end that one, or give this one a directory of its own with --data DIR.", Ink.Red));
            return Failed;
        }

        var left = await Leftovers.EndAsync(RunRecord.Read(data.RunRecord), signals.Stop).ConfigureAwait(false);
        if (left.Count > 0)
        {
            terminal.WriteLine($"Ended what a killed host had left running: {string.Join(", ", left)}");
        }

        StartChecks.CheckPorts(prepared.File.Apps);
        if (findings.Problems.Count > 0)
        {
            return Refuse(findings);
        }

        try
        {
            return await RunAsync(prepared, findings, data).ConfigureAwait(false);
        }
        catch (SidecarStartException e)
        {
            terminal.WriteLine(terminal.Paint(e.Message, Ink.Red));
            return Failed;
        }
    }

    private async Task<int> RunAsync(Prepared prepared, Findings findings, DataDirectory data)
    {
        var record = new RunRecord(data.RunRecord);
        record.Begin();
        using var loggers = Loggers(prepared.File, data);
        foreach (var warning in findings.Warnings)
        {
            terminal.WriteLine(terminal.Paint($"warning: {warning}", Ink.Yellow));
        }

        terminal.WriteLine($"Starting {prepared.File.Apps.Count} apps of {Resources.ResourceProblem.Shown(prepared.File.Path)}, each with its sidecar …");
        if (arguments.Sidecar is { Ignored: { Count: > 0 } ignored })
        {
            terminal.WriteLine(terminal.Paint($"warning: accepted, but without effect here: {string.Join(", ", ignored)}", Ink.Yellow));
        }

        var dapr = await EmbeddedDapr.StartAsync(
            new EmbeddedDaprOptions
            {
                Apps = prepared.Apps,
                DatabasePath = arguments.InMemory ? null : data.Database,
                PeerDirectory = PeerDirectory(),
                Loggers = loggers,
            },
            signals.Stop).ConfigureAwait(false);
        record.Announce(dapr.Sidecars.ToDictionary(sidecar => sidecar.AppId, sidecar => sidecar.HttpPort));
        using var apps = new AppGroup(terminal, record, data);
        try
        {
            foreach (var (app, sidecar) in prepared.File.Apps.Zip(dapr.Sidecars).Where(pair => pair.First.Command.Count > 0))
            {
                apps.Start(app, sidecar);
            }

            await DescribeAsync(prepared.File, dapr, apps, data).ConfigureAwait(false);
            await WaitUntilReadyAsync(prepared.File, dapr, apps).ConfigureAwait(false);
            await ReportAsync(prepared, dapr, apps, data).ConfigureAwait(false);
            await WaitForTheEndAsync(dapr).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
        {
            terminal.WriteLine("Ending the apps, then their sidecars.");
        }
        finally
        {
            await apps.StopAsync(signals.Kill).ConfigureAwait(false);
            record.Delete();
            await StopAsync(dapr).ConfigureAwait(false);
        }

        return 0;
    }

    // A sidecar alone ends when its app asks for it (POST /v1.0/shutdown); among others it leaves these running.
    private async Task WaitForTheEndAsync(EmbeddedDapr dapr)
    {
        var stop = Task.Delay(Timeout.Infinite, signals.Stop);
        var alone = arguments.Sidecar is null ? stop : dapr.WhenStoppedAsync(dapr.Sidecars[0], signals.Stop);
        await (await Task.WhenAny(stop, alone).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private string? PeerDirectory() => arguments.Sidecar is null ? arguments.PeerDirectory
        : arguments.PeerDirectory ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dapr", "embedded");

    // What was acknowledged is durable at any moment, so that nothing is lost when the wait is cut short.
    private async Task StopAsync(EmbeddedDapr dapr)
    {
        try
        {
            await dapr.DisposeAsync().AsTask().WaitAsync(LongestStop, signals.Kill).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            terminal.WriteLine(terminal.Paint("The sidecars did not end by themselves.", Ink.Yellow));
        }
    }

    private static async Task DescribeAsync(RunFile file, EmbeddedDapr dapr, AppGroup apps, DataDirectory data)
    {
        foreach (var (app, sidecar) in file.Apps.Zip(dapr.Sidecars))
        {
            var id = apps.Find(app.AppId) is { } process ? await process.IdIfStartedAsync().ConfigureAwait(false) : null;
            foreach (var (key, value) in RunMetadata.Of(file, app, id, data))
            {
                dapr.SetMetadata(sidecar, key, value);
            }
        }
    }

    // An app that has ended will not become ready, and one without a command is started by somebody else, at any time.
    private async Task WaitUntilReadyAsync(RunFile file, EmbeddedDapr dapr, AppGroup apps)
    {
        var waiting = file.Apps.Zip(dapr.Sidecars)
            .Where(pair => pair.First.Command.Count > 0)
            .ToDictionary(pair => pair.First.AppId, pair => Task.WhenAny(dapr.WaitUntilReadyAsync(pair.Second, signals.Stop), apps.Find(pair.First.AppId)!.Exited));
        var all = Task.WhenAll(waiting.Values);
        while (await Task.WhenAny(all, Task.Delay(LongStart, signals.Stop)).ConfigureAwait(false) != all)
        {
            signals.Stop.ThrowIfCancellationRequested();
            var names = waiting.Where(app => !app.Value.IsCompleted).Select(app => app.Key);
            terminal.WriteLine($"Still waiting for {string.Join(", ", names)}");
        }

        signals.Stop.ThrowIfCancellationRequested();
    }

    private async Task ReportAsync(Prepared prepared, EmbeddedDapr dapr, AppGroup apps, DataDirectory data)
    {
        var rows = await Task.WhenAll(prepared.File.Apps.Zip(dapr.Sidecars, (app, sidecar) => RowAsync(app, sidecar, apps.Find(app.AppId)))).ConfigureAwait(false);
        if (!arguments.LogAsJson)
        {
            terminal.Write(StartReport.AppTable(rows));
        }

        foreach (var line in StartReport.EmbeddedComponents(
            prepared.Apps.SelectMany(app => app.Resources.Components), arguments.InMemory ? "memory" : Resources.ResourceProblem.Shown(data.Database)))
        {
            terminal.WriteLine(line);
        }

        terminal.WriteLine($"Log files: {Resources.ResourceProblem.Shown(data.Logs)}");
        using var self = Process.GetCurrentProcess();
        var seconds = (DateTime.Now - self.StartTime).TotalSeconds;
        var name = prepared.File.Name ?? "Everything";
        var address = StartReport.Address(prepared.File) is { } url ? $": {url}" : "";
        terminal.WriteLine(rows.All(row => row.IsWell)
            ? terminal.Paint($"{name} is up after {seconds:0.0} s{address}   Ctrl-C ends it.", Ink.Green)
            : terminal.Paint($"{name} is up only in part after {seconds:0.0} s{address}   Ctrl-C ends it.", Ink.Red));
    }

    private static async Task<AppRow> RowAsync(RunApp app, SidecarEndpoint sidecar, AppProcess? process)
    {
        var (state, well) = process switch
        {
            null when app.AppPort > 0 => ("not started here", true),
            null => ("sidecar only", true),
            { Started.IsFaulted: true } => ("not started", false),
            { Exited.IsCompleted: true } => ($"ended ({await process.Exited.ConfigureAwait(false)})", false),
            _ => ("ready", true),
        };
        var id = process is null ? null : await process.IdIfStartedAsync().ConfigureAwait(false);
        return new AppRow(app.AppId, id, app.AppPort, sidecar.HttpPort, sidecar.GrpcPort, state, well);
    }

    private ILoggerFactory Loggers(RunFile file, DataDirectory data)
    {
        var destination = file.Apps.Aggregate((LogDestination)0, (all, app) => all | app.SidecarLog);
        var level = file.Apps.Min(app => app.LogLevel);
        var log = new SidecarLog(destination, new LogFormat(arguments.LogAsJson), terminal, new BoundedLogFile(data.Logs, "daprd"));
        return LoggerFactory.Create(builder => builder.SetMinimumLevel(level).AddFilter("Microsoft", LogLevel.Warning).AddProvider(log));
    }

    private int Refuse(Findings findings)
    {
        foreach (var problem in findings.Problems)
        {
            terminal.WriteLine(terminal.Paint(problem.ToString(), Ink.Red));
        }

        terminal.WriteLine($"Nothing was started: {findings.Problems.Count} to mend.");
        return Failed;
    }
}
