using DaprShop.Contracts;
using DaprShop.Search.Index;
using DaprShop.ServiceDefaults;

namespace DaprShop.Search.Rebuilding;

/// <summary>
/// Makes the read model anew from the catalogue, page by page, in tables beside those that are read. Every event that comes meanwhile changes
/// both, and since an older version never undoes a newer one it does not matter which came first, the page or the event; so the new tables can
/// take the place of the old after the last page. What was sold stays: it is counted from the events, and there is nobody to ask.
/// </summary>
internal sealed partial class Rebuilder(
    IndexFile file,
    IndexWriter writer,
    [FromKeyedServices(AppIds.Catalog)] ServiceClient catalog,
    TimeProvider time,
    ILogger<Rebuilder> logger) : BackgroundService
{
    private const int PageSize = 200;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    private readonly string _owner = Guid.NewGuid().ToString("N");
    private readonly SemaphoreSlim _requested = new(0);

    /// <summary>Asks for a rebuild and says how far the one is that is under way.</summary>
    public async Task<RebuildResponse> RequestAsync(CancellationToken cancellationToken)
    {
        await writer.WriteAsync(session => RebuildLog.Request(session, time.GetUtcNow()), cancellationToken);
        _requested.Release();
        return Last()!;
    }

    public RebuildResponse? Last() => file.Read(RebuildLog.Last);

    public override void Dispose()
    {
        _requested.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // An index that was never built knows only what it has heard since it was made.
        await writer.WriteAsync(
            session =>
            {
                if (RebuildLog.Last(session) is null)
                {
                    RebuildLog.Request(session, time.GetUtcNow());
                }
            },
            stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            if (file.Read(session => RebuildLog.IsWaiting(session, time.GetUtcNow())))
            {
                await TryRebuildAsync(stoppingToken);
            }

            await _requested.WaitAsync(s_pause, stoppingToken);
        }
    }

    private async Task TryRebuildAsync(CancellationToken cancellationToken)
    {
        try
        {
            long? generation = null;
            await writer.WriteAsync(session => generation = RebuildLog.TryTake(session, _owner, time.GetUtcNow()), cancellationToken);
            if (generation is { } taken)
            {
                await CopyAsync<ProductResponse>("/products", taken, Put, cancellationToken);
                await CopyAsync<ProductReviews>("/reviews", taken, Put, cancellationToken);
                await writer.WriteAsync(session => RebuildLog.Finish(session, _owner, time.GetUtcNow()), cancellationToken);
                LogRebuilt();
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(e.Message);
            await writer.WriteAsync(session => RebuildLog.GiveUp(session, _owner), cancellationToken);
        }
    }

    /// <summary>Puts all items of a list of the catalogue in the new tables, each page in one write.</summary>
    private async Task CopyAsync<T>(
        string path, long generation, Func<ProductTables, T, (int Products, int Reviews)> put, CancellationToken cancellationToken)
    {
        for (var after = ""; after is not null;)
        {
            var page = await catalog.FindAsync<Page<T>>($"{path}?limit={PageSize}&after={after}", cancellationToken)
                ?? throw new DependencyUnavailableException(AppIds.Catalog, $"there is no {path}");
            await writer.WriteAsync(
                session =>
                {
                    var tables = new ProductTables(session, generation);
                    var counts = page.Items.Select(item => put(tables, item)).ToList();
                    RebuildLog.Advance(session, _owner, time.GetUtcNow(), counts.Sum(count => count.Products), counts.Sum(count => count.Reviews));
                },
                cancellationToken);
            after = page.Next;
        }
    }

    private static (int Products, int Reviews) Put(ProductTables tables, ProductResponse product)
    {
        tables.Create(product.Sku, product.Name, product.Category, product.Description);
        tables.SetPrice(product.Sku, product.Price, new Stamp(product.Version, DateTimeOffset.UnixEpoch));
        if (product.Discontinued)
        {
            tables.Discontinue(product.Sku);
        }

        return (1, 0);
    }

    private static (int Products, int Reviews) Put(ProductTables tables, ProductReviews product)
    {
        foreach (var review in product.Reviews)
        {
            tables.Review(product.Sku, review.CustomerId, review.Rating, new Stamp(review.Version, review.At));
        }

        return (0, product.Reviews.Count);
    }

    [LoggerMessage(LogLevel.Information, "The read model is rebuilt")]
    private partial void LogRebuilt();

    [LoggerMessage(LogLevel.Warning, "The rebuild begins anew: {Reason}")]
    private partial void LogFailed(string reason);
}
