using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using DaprShop.Sidecar.Host.Files;

namespace DaprShop.Sidecar.Host.Output;

/// <summary>
/// The runtime's log in daprd's text format, all sidecars in one file (<c>daprd.log</c>) and, where a run file asks for it, on
/// the terminal. Errors are shown there in any case.
/// </summary>
internal sealed class SidecarLog(LogDestination destination, Terminal terminal, BoundedLogFile file) : ILoggerProvider
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

    private static string LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    private static void Quote(StringBuilder line, string text)
    {
        line.Append('"');
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' or '\\' => line.Append('\\').Append(character),
                '\n' => line.Append("\\n"),
                '\r' => line.Append("\\r"),
                '\t' => line.Append("\\t"),
                _ => line.Append(character),
            };
        }

        line.Append('"');
    }

    private void Write(LogLevel level, string scope, string message, object? appId, Exception? exception)
    {
        if (destination.HasFlag(LogDestination.File))
        {
            file.WriteLine(Line(level, scope, exception is null ? message : $"{message}: {exception}", appId));
            file.Flush();
        }

        // On the terminal an exception is its message; where it came from is in the file.
        if (destination.HasFlag(LogDestination.Console) || level >= LogLevel.Error)
        {
            terminal.WriteAppLine(Line(level, scope, exception is null ? message : $"{message}: {exception.Message}", appId));
        }
    }

    private static string Line(LogLevel level, string scope, string message, object? appId)
    {
        var line = new StringBuilder(256);
        line.Append(CultureInfo.InvariantCulture, $"time=\"{DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ss.fffffffZ}\" level={LevelOf(level)} msg=");
        Quote(line, message);
        if (appId is not null)
        {
            line.Append(CultureInfo.InvariantCulture, $" app_id={appId}");
        }

        line.Append(CultureInfo.InvariantCulture, $" instance={Environment.MachineName} scope={scope} type=log ver=embedded");
        return line.ToString();
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
