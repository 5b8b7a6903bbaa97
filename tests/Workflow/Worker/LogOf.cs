using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DaprShop.Workflow.Tests.Worker;

/// <summary>What a category has logged.</summary>
internal sealed class LogOf(string category) : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Channel<string> _unread = Channel.CreateUnbounded<string>();

    public IEnumerable<string> Lines => _lines;

    public Task<string> NextAsync() => _unread.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public ILogger CreateLogger(string categoryName) => categoryName == category ? this : NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = formatter(state, exception);
        _lines.Enqueue(line);
        _unread.Writer.TryWrite(line);
    }

    public void Dispose()
    {
    }
}
