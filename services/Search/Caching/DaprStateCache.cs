using Dapr;
using Dapr.Client;
using DaprShop.Contracts;
using Grpc.Core;
using Microsoft.Extensions.Caching.Distributed;

namespace DaprShop.Search.Caching;

/// <summary>
/// A distributed cache on a Dapr state store, whose values end with their time to live. While the store is away nothing is found in the cache,
/// which is all that this may cost.
/// </summary>
internal sealed partial class DaprStateCache(DaprClient dapr, TimeProvider time, ILogger<DaprStateCache> logger) : IDistributedCache
{
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        try
        {
            var (value, _) = await dapr.GetByteStateAndETagAsync(Stores.SearchCache, key, cancellationToken: token);
            return value.IsEmpty ? null : value.ToArray();
        }
        catch (Exception e) when (e is DaprException or RpcException && !token.IsCancellationRequested)
        {
            LogUnavailable(e.Message);
            return null;
        }
    }

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        var life = options.AbsoluteExpirationRelativeToNow ?? (options.AbsoluteExpiration - time.GetUtcNow()) ?? options.SlidingExpiration ?? s_longest;
        Dictionary<string, string> metadata = new() { ["ttlInSeconds"] = $"{Math.Max(1, (int)life.TotalSeconds)}" };
        try
        {
            await dapr.SaveByteStateAsync(Stores.SearchCache, key, value, metadata: metadata, cancellationToken: token);
        }
        catch (Exception e) when (e is DaprException or RpcException && !token.IsCancellationRequested)
        {
            LogUnavailable(e.Message);
        }
    }

    public Task RemoveAsync(string key, CancellationToken token = default) =>
        dapr.DeleteStateAsync(Stores.SearchCache, key, cancellationToken: token);

    /// <summary>Nothing is kept longer for being read.</summary>
    public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

    public byte[]? Get(string key) => GetAsync(key).GetAwaiter().GetResult();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => SetAsync(key, value, options).GetAwaiter().GetResult();

    public void Refresh(string key) => RefreshAsync(key).GetAwaiter().GetResult();

    public void Remove(string key) => RemoveAsync(key).GetAwaiter().GetResult();

    [LoggerMessage(LogLevel.Warning, "No cache: {Reason}")]
    private partial void LogUnavailable(string reason);
}
