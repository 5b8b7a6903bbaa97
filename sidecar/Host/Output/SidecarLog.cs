using System.Collections.Concurrent;
using DaprShop.Sidecar.Host.Files;

namespace DaprShop.Sidecar.Host.Output;

/// <summary>
/// The runtime's log in daprd's format, all sidecars in one file (<c>daprd.log</c>) and, where a run file asks for it, on
/// the terminal. Errors are shown there in any case.
/// </summary>
internal sealed class SidecarLog(LogDestination destination, LogFormat format, Terminal terminal, BoundedLogFile file) : ILoggerProvider
{
    private readonly ConcurrentDictionary<string, ILogger> _loggers = new(StringComparer.Ordinal);

    public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, name => new CategoryLog(this, Scope(name)));

    public void Dispose() => file.Dispose();

    // DaprShop.Sidecar.PubSub.Broker is what daprd calls dapr.runtime.pubsub.
    private static string Scope(string category)
    {
        var parts = category.Split('.');
        return parts is ["DaprShop", "Sidecar", var block, ..] ? $"dapr.runtime.{block.ToLowerInvariant()}" : category;
    }

    private void Write(LogLevel level, string scope, string message, List<KeyValuePair<string, object?>> fields, Exception? exception)
    {
        if (destination.HasFlag(LogDestination.File))
        {
            file.WriteLine(format.Line(level, scope, exception is null ? message : $"{message}: {exception}", fields));
            file.Flush();
        }

        // On the terminal an exception is its message; where it came from is in the file.
        if (destination.HasFlag(LogDestination.Console) || level >= LogLevel.Error)
        {
            terminal.WriteAppLine(format.Line(level, scope, exception is null ? message : $"{message}: {exception.Message}", fields));
        }
    }

    private sealed class CategoryLog(SidecarLog log, string scope) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            log.Write(logLevel, scope, formatter(state, exception), [.. Fields(state as IReadOnlyList<KeyValuePair<string, object?>> ?? [])], exception);
        }

        // The app's id, and whatever the message does not say itself.
        private static IEnumerable<KeyValuePair<string, object?>> Fields(IReadOnlyList<KeyValuePair<string, object?>> state)
        {
            var template = state.FirstOrDefault(item => item.Key == "{OriginalFormat}").Value as string ?? "";
            foreach (var (name, value) in state)
            {
                if (name.Equals("appId", StringComparison.OrdinalIgnoreCase))
                {
                    yield return new("app_id", value);
                }
                else if (name != "{OriginalFormat}" && !template.Contains($"{{{name}", StringComparison.OrdinalIgnoreCase))
                {
                    yield return new(name, value);
                }
            }
        }
    }
}
