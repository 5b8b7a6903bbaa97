using Dapr;
using Dapr.Client;
using DaprShop.Contracts;

namespace DaprShop.Inventory;

/// <summary>
/// Publishes what was written about restocking, at once when it was written here, and soon after a start or when another replica that
/// wrote it is gone. An event may be published again, with the same id.
/// </summary>
internal sealed partial class RestockAnnouncer(RestockingStore store, DaprClient dapr, TimeProvider time, ILogger<RestockAnnouncer> logger)
    : BackgroundService
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _written = new(1);

    public void Wake() => _written.Release();

    public override void Dispose()
    {
        _written.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = time.CreateTimer(_ => Wake(), null, s_lookAgain, s_lookAgain);
        while (!stoppingToken.IsCancellationRequested)
        {
            await _written.WaitAsync(stoppingToken);
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
        foreach (var announcement in pending)
        {
            Dictionary<string, string> attributes = new()
            {
                ["cloudevent.id"] = announcement.Id,
                ["cloudevent.type"] = announcement.Type,
                ["cloudevent.source"] = AppIds.Inventory,
            };
            await dapr.PublishEventAsync(Topics.PubSub, Topics.Inventory, announcement.Data, attributes, cancellationToken);
        }

        return pending.Count > 0 && !await store.PublishedAsync(etag, cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "Restocking is announced later: {Reason}")]
    private partial void LogNotYet(string reason);
}
