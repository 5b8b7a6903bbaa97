using System.Threading.Channels;
using DaprShop.ServiceDefaults;

namespace DaprShop.Search.Index;

/// <summary>
/// All writes of this process, one after the other. Whatever waits is written in one transaction, so that many events share one flush of
/// the disk; nobody is answered before it is committed.
/// </summary>
internal sealed partial class IndexWriter(IndexFile file, ILogger<IndexWriter> logger) : BackgroundService
{
    private const int MaxBatch = 256;

    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(4 * MaxBatch) { SingleReader = true });

    /// <summary>Completes when what was done is on disk. <paramref name="write"/> may run twice, but only once with effect.</summary>
    public async Task WriteAsync(Action<IndexSession> write, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(write);
        try
        {
            await _queue.Writer.WriteAsync(waiting, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw Stopping();
        }

        await waiting.Written.Task.WaitAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var session = file.Open();
        var batch = new List<Waiting>(MaxBatch);
        try
        {
            while (await _queue.Reader.WaitToReadAsync(stoppingToken))
            {
                while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var waiting))
                {
                    batch.Add(waiting);
                }

                Write(session, batch);
                batch.Clear();
            }
        }
        finally
        {
            // Nothing that still waits was written: its deliveries fail and come again.
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out var waiting))
            {
                waiting.Written.TrySetException(Stopping());
            }
        }
    }

    private void Write(IndexSession session, List<Waiting> batch)
    {
        if (TryWrite(session, batch) is not { } failure)
        {
            batch.ForEach(waiting => waiting.Written.TrySetResult());
        }
        else if (batch is [var single])
        {
            LogNotWritten(failure.Message);
            single.Written.TrySetException(failure);
        }
        else
        {
            // One of them is to blame, and the others are not to suffer for it.
            batch.ForEach(waiting => Write(session, [waiting]));
        }
    }

    private static Exception? TryWrite(IndexSession session, List<Waiting> batch)
    {
        try
        {
            session.InTransaction(writes: true, _ =>
            {
                batch.ForEach(waiting => waiting.Write(session));
                return true;
            });
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static DependencyUnavailableException Stopping() => new("search", "the service is stopping");

    [LoggerMessage(LogLevel.Warning, "Not written to the index: {Reason}")]
    private partial void LogNotWritten(string reason);

    private sealed record Waiting(Action<IndexSession> Write)
    {
        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
