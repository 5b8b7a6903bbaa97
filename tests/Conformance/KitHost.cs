using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace DaprShop.Conformance.Tests;

/// <summary>The host as a user starts it, with a run file of the kit and data of its own.</summary>
internal sealed class KitHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _data = Directory.CreateTempSubdirectory("dapr-conformance-").FullName;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;

    private KitHost(string runFile, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", [Repository.Host, "run", "-f", Kit.PathOf(runFile), "--lenient", "--data", _data])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException($"The host ended: {Output}"));
        _process.OutputDataReceived += (_, line) => Take(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => Take(line.Data ?? "");
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Sets a configuration value of this host: the probe's --seed-cmd.</summary>
    public string SeedCommand =>
        $"dotnet {Repository.Host} config set configstore {{key}} {{value}} --version {{version}} -f {Kit.PathOf("dapr.yaml")} --data {_data}";

    private string Output => string.Join(Environment.NewLine, _output);

    /// <summary>Starts the run file and waits until all that it starts is ready.</summary>
    public static async Task<KitHost> StartAsync(string runFile, IReadOnlyDictionary<string, string>? environment = null)
    {
        var host = new KitHost(runFile, environment ?? new Dictionary<string, string>());
        try
        {
            await host._ready.Task.WaitAsync(Patience);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }

        _process.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private void Take(string line)
    {
        _output.Enqueue(line);
        if (line.Contains("Ctrl-C ends it.", StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }
}
