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

    private void Write(LogLevel level, string scope, string message, object? appId, Exception? exception)
    {
        if (destination.HasFlag(LogDestination.File))
        {
            file.WriteLine(format.Line(level, scope, exception is null ? message : $"{message}: {exception}", appId));
            file.Flush();
        }

        // On the terminal an exception is its message; where it came from is in the file.
        if (destination.HasFlag(LogDestination.Console) || level >= LogLevel.Error)
        {
            terminal.WriteAppLine(format.Line(level, scope, exception is null ? message : $"{message}: {exception.Message}", appId));
        }
    }

    private sealed class CategoryLog(SidecarLog log, string scope) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var appId = (state as IReadOnlyList<KeyValuePair<string, object?>>)?
                .FirstOrDefault(item => item.Key.Equals("appId", StringComparison.OrdinalIgnoreCase)).Value;
            var message = formatter(state, exception);
            log.Write(logLevel, scope, message, appId, exception);
        }
    }
}
