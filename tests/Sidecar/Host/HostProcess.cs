using System.Collections.Concurrent;
using System.Diagnostics;
using DaprShop.Sidecar.Host;
using DaprShop.Sidecar.Host.Running;

namespace DaprShop.Sidecar.Tests.Host;

/// <summary>The host as a user runs it: a process of its own, known by what it prints and by its exit code.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly SemaphoreSlim _news = new(0);

    private HostProcess(string directory, string[] arguments, params IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(HostArguments).Assembly.Location, .. arguments])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public static string Library => typeof(HostArguments).Assembly.Location;

    public int Id => _process.Id;

    /// <summary>Bytes of memory that the process holds now (Linux).</summary>
    public long ResidentBytes => long.Parse(
        File.ReadLines($"/proc/{Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        System.Globalization.CultureInfo.InvariantCulture) * 1024;

    public string Output => string.Join('\n', _lines);

    public static HostProcess Start(RunFolder folder, params string[] arguments) => new(folder.Root, arguments);

    public static HostProcess StartWith(IEnumerable<(string Name, string Value)> environment, RunFolder folder, params string[] arguments) =>
        new(folder.Root, arguments, environment);

    /// <summary>The first line that contains the text; waits for it.</summary>
    public async Task<string> LineAsync(string text)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            if (_lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } found)
            {
                return found;
            }

            try
            {
                await _news.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"\"{text}\" was not printed:\n{Output}");
            }
        }
    }

    public Task ReadyAsync() => LineAsync("Ctrl-C ends it.");

    public void Signal(int signal) => Native.Send(_process.Id, signal);

    public async Task<int> ExitAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Signal(Native.Terminate);
            await ExitAsync();
        }

        _process.Dispose();
        _news.Dispose();
    }

    private void Take(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
            _news.Release();
        }
    }
}
