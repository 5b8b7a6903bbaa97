using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace DaprShop.EndToEnd.Tests;

/// <summary>The whole shop as a user starts it: the host's executable with dapr.yaml, every service a process of its own.</summary>
internal sealed class ShopProcess : IAsyncDisposable
{
    /// <summary>What sidecars ask of their apps, and apps of their sidecars.</summary>
    public const string ApiToken = "end-to-end";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private readonly string _directory = Directory.CreateTempSubdirectory("daprshop-e2e-").FullName;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly List<Process> _restarted = [];
    private Process? _host;

    public ShopProcess() => RunFile = RunFile.Write(_directory);

    public RunFile RunFile { get; }

    /// <summary>What the host printed, for messages of failed tests.</summary>
    public string Output => string.Join(Environment.NewLine, _output.TakeLast(60));

    /// <summary>Starts the host and waits until every sidecar says that it and its app are ready.</summary>
    public async Task StartAsync()
    {
        _host = Run(Path.Combine(RunFile.Repository, "artifacts", "bin", "Host", "release", "DaprShop.Sidecar.Host.dll"),
            "run", "-f", RunFile.Path, "--data", Path.Combine(_directory, ".dapr"));
        try
        {
            await WaitUntilReadyAsync();
        }
        catch
        {
            // Nobody disposes of what did not start.
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>kill -9 of the host: no shutdown code runs, in it or in its apps.</summary>
    public async Task KillAsync()
    {
        _host!.Kill();
        await _host.WaitForExitAsync();
    }

    /// <summary>Freezes an app's process until the result is disposed: it neither answers nor refuses.</summary>
    public IDisposable Freeze(string app) => new Frozen(PidOf(app));

    /// <summary>kill -9 of an app's process; when the result is disposed, the app is started again as it was.</summary>
    public IDisposable Kill(string app)
    {
        var pid = PidOf(app);
        var start = StartOf(pid);
        Signal(pid, "KILL");
        return new Killed(() => _restarted.Add(Start(start, _output.Enqueue)));
    }

    /// <summary>Sends SIGTERM, as Ctrl-C does, and gives the host's exit code.</summary>
    public async Task<int> StopAsync()
    {
        Signal(_host!.Id, "TERM");
        await _host.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
        return _host.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is { HasExited: false })
        {
            await StopAsync();
        }

        _host?.Dispose();
        foreach (var process in _restarted)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Runs the replay tool against this shop.</summary>
    public async Task<(int ExitCode, string Output)> ReplayAsync(params string[] arguments)
    {
        var lines = new ConcurrentQueue<string>();
        using var replay = Start(
            Path.Combine(RunFile.Repository, "artifacts", "bin", "Replay", "release", "DaprShop.Replay.dll"),
            [.. arguments, "--gateway", RunFile.App("gateway").ToString(), "--rejected", Path.Combine(_directory, "rejected.csv")],
            lines.Enqueue);
        await replay.WaitForExitAsync();
        return (replay.ExitCode, string.Join(Environment.NewLine, lines));
    }

    private async Task WaitUntilReadyAsync()
    {
        using var http = new HttpClient();
        foreach (var app in RunFile.Apps)
        {
            await Eventually.HoldsAsync(
                async () => (await http.GetAsync(new Uri(RunFile.Sidecar(app), "/v1.0/healthz"))).IsSuccessStatusCode,
                StartLimit,
                () => $"{app} did not become ready.{Environment.NewLine}{Output}");
        }

        // A fresh shop makes its users once it runs.
        http.DefaultRequestHeaders.Add("dapr-api-token", ApiToken);
        http.DefaultRequestHeaders.Add("dapr-caller-app-id", "tests");
        foreach (var user in new[] { "demo", "staff" })
        {
            await Eventually.HoldsAsync(
                async () => (await http.GetAsync(new Uri(RunFile.App("identity"), $"/users/{user}"))).IsSuccessStatusCode,
                StartLimit,
                () => $"{user} did not become a user.{Environment.NewLine}{Output}");
        }
    }

    private Process Run(string assembly, params string[] arguments) => Start(assembly, arguments, _output.Enqueue);

    private static Process Start(string assembly, string[] arguments, Action<string> onLine) => Start(
        new ProcessStartInfo("dotnet", [assembly, .. arguments])
        {
            WorkingDirectory = RunFile.Repository,
            Environment = { ["APP_API_TOKEN"] = ApiToken, ["DAPR_API_TOKEN"] = ApiToken },
        },
        onLine);

    private static Process Start(ProcessStartInfo start, Action<string> onLine)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => onLine(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => onLine(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    // How a process was started, as the kernel knows it.
    private static ProcessStartInfo StartOf(int pid)
    {
        var command = ReadOf(pid, "cmdline");
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = new DirectoryInfo($"/proc/{pid}/cwd").LinkTarget };
        start.Environment.Clear();
        foreach (var variable in ReadOf(pid, "environ"))
        {
            var end = variable.IndexOf('=');
            start.Environment[variable[..end]] = variable[(end + 1)..];
        }

        return start;
    }

    private static string[] ReadOf(int pid, string file) => File.ReadAllText($"/proc/{pid}/{file}").Split('\0')[..^1];

    // The app is the process that was given its port: APP_PORT is in its environment.
    private int PidOf(string app)
    {
        var mark = $"APP_PORT={RunFile.App(app).Port.ToString(CultureInfo.InvariantCulture)}";
        return Directory.GetDirectories("/proc")
            .Select(directory => int.TryParse(Path.GetFileName(directory), out var pid) ? pid : 0)
            .Where(pid => pid > 0 && IsDotnetWith(pid, mark))
            .Max();
    }

    private static bool IsDotnetWith(int pid, string mark)
    {
        try
        {
            return ReadOf(pid, "environ").Contains(mark)
                && File.ReadAllText($"/proc/{pid}/comm").StartsWith("dotnet", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process ended meanwhile.
            return false;
        }
    }

    private static void Signal(int pid, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", pid.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private sealed class Frozen : IDisposable
    {
        private readonly int _pid;

        public Frozen(int pid)
        {
            _pid = pid;
            Signal(pid, "STOP");
        }

        public void Dispose() => Signal(_pid, "CONT");
    }
    private sealed class Killed(Action restart) : IDisposable
    {
        public void Dispose() => restart();
    }
}
