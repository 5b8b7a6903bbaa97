using System.ComponentModel;
using System.Diagnostics;
using DaprShop.Sidecar.Host.Files;
using DaprShop.Sidecar.Host.Output;

namespace DaprShop.Sidecar.Host.Running;

/// <summary>
/// An app's process. Its two outputs have a thread each, so that an app is never held up by another one; the first of them
/// also starts the process and stays until it has ended, because the app is bound to the life of that thread.
/// </summary>
internal sealed class AppProcess
{
    // A process that the app left behind may hold its outputs open.
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(1);

    private readonly AppOutput _output;
    private readonly TaskCompletionSource<Process> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _outputRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _errorsRead = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AppProcess(RunApp app, SidecarEndpoint sidecar, AppOutput output)
    {
        (App, _output) = (app, output);
        new Thread(() => Run(sidecar)) { IsBackground = true, Name = app.AppId }.Start();
        Started = IdAsync();
        Exited = WatchAsync();
    }

    public RunApp App { get; }

    /// <summary>The process id; fails with <see cref="Win32Exception"/> when the program cannot be started.</summary>
    public Task<int> Started { get; }

    /// <summary>The exit code, once what it had written is read; fails as <see cref="Started"/> does.</summary>
    public Task<int> Exited { get; }

    public IReadOnlyList<string> LastLines => _output.LastLines;

    public static AppProcess Start(RunApp app, SidecarEndpoint sidecar, AppOutput output) => new(app, sidecar, output);

    /// <summary>The process id; null when the program cannot be started.</summary>
    public async Task<int?> IdIfStartedAsync()
    {
        await ((Task)Started).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Started.IsCompletedSuccessfully ? await Started.ConfigureAwait(false) : null;
    }

    /// <summary>Signals the process and those it started; does nothing when it has ended.</summary>
    public async Task SignalAsync(int signal)
    {
        if (await IdIfStartedAsync().ConfigureAwait(false) is { } id && !Exited.IsCompleted)
        {
            ProcessSignals.Send(id, signal);
        }
    }

    private void Run(SidecarEndpoint sidecar)
    {
        var process = new Process();
        try
        {
            process.StartInfo = AppCommand.StartInfo(App, sidecar);
            process.Start();
        }
        catch (Win32Exception e)
        {
            _started.SetException(e);
            return;
        }

        process.StandardInput.Close();
        _started.SetResult(process);
        new Thread(() => Pump(process.StandardError.BaseStream, _errorsRead)) { IsBackground = true, Name = $"{App.AppId} errors" }.Start();
        Pump(process.StandardOutput.BaseStream, _outputRead);
        process.WaitForExit();
    }

    private async Task<int> IdAsync() => (await _started.Task.ConfigureAwait(false)).Id;

    private async Task<int> WatchAsync()
    {
        var process = await _started.Task.ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);

        // What the app started and left behind goes with it.
        ProcessSignals.EndGroup(process.Id);
        await Task.WhenAny(Task.WhenAll(_outputRead.Task, _errorsRead.Task), Task.Delay(LongestDrain)).ConfigureAwait(false);
        return process.ExitCode;
    }

    private void Pump(Stream stream, TaskCompletionSource read)
    {
        var buffer = new byte[32 * 1024];
        var lines = new LineSplitter(_output.Add);
        for (int length; (length = stream.Read(buffer)) > 0; _output.Flush())
        {
            lines.Add(buffer.AsSpan(0, length));
        }

        lines.Complete();
        _output.Flush();
        read.SetResult();
    }
}
