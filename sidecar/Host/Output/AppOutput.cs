using System.Text.RegularExpressions;
using DaprShop.Sidecar.Host.Files;

namespace DaprShop.Sidecar.Host.Output;

/// <summary>What an app writes: to the terminal behind its prefix, to its log file, and the last lines kept for when it ends.</summary>
internal sealed partial class AppOutput(string appId, LogDestination destination, Ink ink, Terminal terminal, BoundedLogFile? file) : IDisposable
{
    private const int KeptLines = 10;

    private readonly string _prefix = terminal.Paint($"== APP - {appId} ==", ink) + " ";
    private readonly Queue<string> _last = new();

    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_last)
            {
                return [.. _last];
            }
        }
    }

    public void Add(string line)
    {
        lock (_last)
        {
            if (_last.Count == KeptLines)
            {
                _last.Dequeue();
            }

            _last.Enqueue(line);
        }

        file?.WriteLine(line.Contains('\e', StringComparison.Ordinal) ? AnsiCode().Replace(line, "") : line);
        if (destination.HasFlag(LogDestination.Console))
        {
            terminal.WriteAppLine(_prefix + line);
        }
    }

    public void Flush() => file?.Flush();

    public void Dispose() => file?.Dispose();

    [GeneratedRegex(@"\e\[[0-9;?]*[ -/]*[@-~]")]
    private static partial Regex AnsiCode();
}
