using System.Diagnostics;

namespace DaprShop.Benchmarks.Roles;

/// <summary>This program as a process of its own in one role of a benchmark, so that its CPU time and memory can be told apart.</summary>
internal sealed class RoleProcess : IAsyncDisposable
{
    public const string Switch = "--role";

    private readonly Process _process;

    private RoleProcess(Process process, string answer)
    {
        _process = process;
        Answer = answer;
    }

    /// <summary>What it printed when it was ready.</summary>
    public string Answer { get; }

    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public double ResidentMebibytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1024.0 / 1024.0;
        }
    }

    public static async Task<RoleProcess> StartAsync(string role, string settings = "")
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(RoleProcess).Assembly.Location, Switch, role, settings])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        var answer = await process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException($"The {role} ended before it was ready.");
        return new RoleProcess(process, answer);
    }

    /// <summary>What a role does when it serves: it tells its starter, and goes on until that closes its input.</summary>
    public static async Task ServeAsync(string answer)
    {
        Console.WriteLine(answer);
        while (await Console.In.ReadLineAsync() is not null)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
