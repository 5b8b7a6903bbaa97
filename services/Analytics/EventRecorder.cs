using System.Threading.Channels;
using DaprShop.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace DaprShop.Analytics;

/// <summary>
/// Stores events, each once. Whatever waits is stored in one transaction, so many deliveries share one commit; a delivery is
/// acknowledged only after the commit that holds its event.
/// </summary>
internal sealed partial class EventRecorder(IDbContextFactory<EventsContext> contexts, ILogger<EventRecorder> logger) : BackgroundService
{
    private const int MaxBatch = 256;

    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(4 * MaxBatch) { SingleReader = true });

    /// <summary>Completes when the event is on disk, stored now or since before.</summary>
    public async Task RecordAsync(RecordedEvent recorded, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(recorded);
        try
        {
            await _queue.Writer.WriteAsync(waiting, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw Stopping();
        }

        await waiting.Stored.Task.WaitAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Waiting>(MaxBatch);
        try
        {
            while (await _queue.Reader.WaitToReadAsync(stoppingToken))
            {
                while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var waiting))
                {
                    batch.Add(waiting);
                }

                await StoreAsync(batch, stoppingToken);
                batch.Clear();
            }
        }
        finally
        {
            // Nothing that still waits was stored: its deliveries fail and come again.
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out var waiting))
            {
                waiting.Stored.TrySetException(Stopping());
            }
        }
    }

    private async Task StoreAsync(List<Waiting> batch, CancellationToken cancellationToken)
    {
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var ids = batch.Select(waiting => waiting.Event.Id).Distinct().ToList();
            var stored = await context.Events.Where(known => ids.Contains(known.Id)).Select(known => new { known.Id, known.Source })
                .ToListAsync(cancellationToken);
            var known = stored.Select(one => (one.Id, one.Source)).ToHashSet();
            context.Events.AddRange(batch.Select(waiting => waiting.Event).Where(recorded => known.Add((recorded.Id, recorded.Source))));
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (Exception e)
        {
            LogNotStored(e, batch.Count);
            foreach (var waiting in batch)
            {
                waiting.Stored.TrySetException(e);
            }

            return;
        }

        foreach (var waiting in batch)
        {
            waiting.Stored.TrySetResult();
        }
    }

    private static DependencyUnavailableException Stopping() => new("analytics", "the service is stopping");

    [LoggerMessage(LogLevel.Error, "{Count} events could not be stored; they will be delivered again")]
    private partial void LogNotStored(Exception exception, int count);

    private sealed record Waiting(RecordedEvent Event)
    {
        public TaskCompletionSource Stored { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
