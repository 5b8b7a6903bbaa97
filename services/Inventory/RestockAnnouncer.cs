using System.Threading.Channels;
using Dapr;
using Dapr.Client;
using DaprShop.Contracts;

namespace DaprShop.Inventory;

/// <summary>
/// Publishes what was written about restocking, at once when it was written here, and soon after a start or when another replica that
/// wrote it is gone. After a kill an event may be published again, with the same id.
/// </summary>
internal sealed partial class RestockAnnouncer(RestockingStore store, DaprClient dapr, TimeProvider time, ILogger<RestockAnnouncer> logger)
    : BackgroundService
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromSeconds(15);

    // One that waits to be heard says as much as many.
    private readonly Channel<bool> _written = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // What is out, but still in the list: something was written to it meanwhile.
    private readonly HashSet<string> _published = new(StringComparer.Ordinal);

    public void Wake() => _written.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Wake();
        using var timer = time.CreateTimer(_ => Wake(), null, s_lookAgain, s_lookAgain);
        while (!stoppingToken.IsCancellationRequested)
        {
            await _written.Reader.ReadAsync(stoppingToken);
            try
            {
                while (await PublishAsync(stoppingToken))
                {
                    // More was written meanwhile.
                }
            }
            catch (DaprException e)
            {
                LogNotYet((e.InnerException ?? e).Message);
            }
        }
    }

    private async Task<bool> PublishAsync(CancellationToken cancellationToken)
    {
        var (pending, etag) = await store.PendingAsync(cancellationToken);
        foreach (var announcement in pending.Where(announcement => !_published.Contains(announcement.Id)))
        {
            Dictionary<string, string> attributes = new()
            {
                ["cloudevent.id"] = announcement.Id,
                ["cloudevent.type"] = announcement.Type,
                ["cloudevent.source"] = AppIds.Inventory,
            };
            await dapr.PublishEventAsync(Topics.PubSub, Topics.Inventory, announcement.Data, attributes, cancellationToken);
            _published.Add(announcement.Id);
        }

        if (pending.Count > 0 && !await store.PublishedAsync(etag, cancellationToken))
        {
            return true;
        }

        _published.Clear();
        return false;
    }

    [LoggerMessage(LogLevel.Warning, "Restocking is announced later: {Reason}")]
    private partial void LogNotYet(string reason);
}
