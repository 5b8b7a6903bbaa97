using System.Threading.Channels;
using Dapr;
using DaprShop.Inventory.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Inventory;

/// <summary>
/// Changes the stock. All commands of this process pass through one reader, which takes whatever waits, reads what it needs in one
/// call, decides on one command after another in memory and writes the result in one transaction: a hundred orders for one product
/// cost two calls and no conflict among themselves. A conflict with another replica shows in the ETags; then the batch is read and
/// decided on anew. Nobody is answered before the transaction is committed.
/// </summary>
internal sealed partial class StockWriter(
    StockStore store, Holds holds, RestockAnnouncer announcer, TimeProvider time, ILogger<StockWriter> logger) : BackgroundService
{
    private const int MaxCommands = 64;
    private const int MaxLines = 2_000;
    private const int MaxAttempts = 8;

    private readonly Channel<Pending> _queue = Channel.CreateBounded<Pending>(new BoundedChannelOptions(1_024) { SingleReader = true });

    /// <summary>Queues the command; completes with its outcome when it is on disk.</summary>
    /// <exception cref="DependencyUnavailableException">It is not known whether the command was carried out: send it again.</exception>
    public async Task<StockOutcome> ApplyAsync(StockCommand command, CancellationToken cancellationToken)
    {
        var pending = new Pending(command);
        try
        {
            await _queue.Writer.WriteAsync(pending, cancellationToken);
        }
        catch (ChannelClosedException closed)
        {
            throw Unavailable("the service is stopping", closed);
        }

        return await pending.Outcome.Task.WaitAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _queue.Reader.WaitToReadAsync(stoppingToken))
            {
                await CarryOutAsync(Take(), stoppingToken);
            }
        }
        finally
        {
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out var pending))
            {
                pending.Outcome.TrySetException(Unavailable("the service is stopping"));
            }
        }
    }

    private List<Pending> Take()
    {
        var batch = new List<Pending>();
        var lines = 0;
        while (batch.Count < MaxCommands && lines < MaxLines && _queue.Reader.TryRead(out var pending))
        {
            batch.Add(pending);
            lines += pending.Command.Lines.Count;
        }

        return batch;
    }

    private async Task CarryOutAsync(List<Pending> batch, CancellationToken cancellationToken)
    {
        StockCommand[] commands = [.. batch.Select(pending => pending.Command)];
        var now = time.GetUtcNow();
        var watched = false;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var loading = store.LoadAsync(commands, now, cancellationToken);
                await Task.WhenAll(loading, watched ? Task.CompletedTask : holds.WatchAsync(commands, now));
                watched = true;
                var loaded = await loading;
                foreach (var pending in batch)
                {
                    pending.Decide(loaded.Book);
                }

                await store.SaveAsync(loaded, cancellationToken);
                batch.ForEach(pending => pending.Answer());
                if (loaded.Book.Events.Count > 0)
                {
                    announcer.Wake();
                }

                return;
            }
            catch (Exception e) when (e is DaprException or HttpRequestException && attempt < MaxAttempts)
            {
                // A transaction fails for an ETag with the code of every other failure. It may even have been committed and only its
                // answer lost: then the next reading shows it, and each command finds that it was carried out before.
                LogRetry(batch.Count, attempt, (e.InnerException ?? e).Message);
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(5, 20 << attempt)), time, cancellationToken);
            }
            catch (Exception e)
            {
                if (!cancellationToken.IsCancellationRequested)
                {
                    LogFailed(e, batch.Count);
                }

                batch.ForEach(pending => pending.Outcome.TrySetException(Unavailable("the stock could not be written", e)));
                return;
            }
        }
    }

    private static DependencyUnavailableException Unavailable(string what, Exception? inner = null) => new("inventory-store", what, inner);

    [LoggerMessage(LogLevel.Debug, "A batch of {Count} is decided on anew after attempt {Attempt}: {Reason}")]
    private partial void LogRetry(int count, int attempt, string reason);

    [LoggerMessage(LogLevel.Error, "A batch of {Count} failed")]
    private partial void LogFailed(Exception exception, int count);

    private sealed class Pending(StockCommand command)
    {
        private StockOutcome? _decided;
        private Exception? _failed;

        public StockCommand Command => command;

        public TaskCompletionSource<StockOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // A command that breaks a rule of the domain changed nothing, and is no reason to fail those beside it.
        public void Decide(StockBook book)
        {
            try
            {
                (_decided, _failed) = (command.ApplyTo(book), null);
            }
            catch (Exception e)
            {
                (_decided, _failed) = (null, e);
            }
        }

        public void Answer()
        {
            if (_failed is null)
            {
                Outcome.TrySetResult(_decided!);
            }
            else
            {
                Outcome.TrySetException(_failed);
            }
        }
    }
}
