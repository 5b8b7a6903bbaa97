using System.Security.Cryptography;
using System.Text.Json;
using DaprShop.Contracts;
using DaprShop.Search.Index;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;

namespace DaprShop.Search.Caching;

/// <summary>
/// Answers of the last five minutes. The key of an answer has the edition of the index in it, so a change drops what it makes wrong, for
/// every replica and in the same moment, and no answer that was being computed can slip in behind it.
/// </summary>
internal sealed class AnswerCache(HybridCache cache, ProductQueries queries)
{
    /// <summary>Says where an answer came from: <c>hit</c> or <c>miss</c>.</summary>
    public const string Header = "X-Cache";

    /// <summary>The answer that is cached for the question, or a new one, which then is.</summary>
    /// <param name="response">Gets the header.</param>
    /// <param name="question">All that the answer depends on, but for the index.</param>
    /// <param name="withSales">Whether a sale changes the answer.</param>
    /// <param name="ask">Asks the index.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<T> GetAsync<T>(HttpResponse response, object question, bool withSales, Func<T> ask, CancellationToken cancellationToken)
    {
        var edition = queries.Edition;
        var asked = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(question, question.GetType(), ContractsJson.Options));
        var key = $"{edition.File}:{edition.Catalog}:{(withSales ? edition.Sales : 0)}:{Convert.ToHexStringLower(asked)}";
        var isCached = true;
        var answer = await cache.GetOrCreateAsync(
            key,
            _ =>
            {
                isCached = false;
                return ValueTask.FromResult(ask());
            },
            cancellationToken: cancellationToken);
        response.Headers[Header] = isCached ? "hit" : "miss";
        return answer;
    }
}

internal static class AnswerCacheRegistration
{
    private static readonly TimeSpan s_life = TimeSpan.FromMinutes(5);

    public static void AddAnswerCache(this IServiceCollection services)
    {
        services.AddSingleton<IDistributedCache, DaprStateCache>();
        services.AddSingleton<AnswerCache>();

        // Not in the process's memory too: what strangers ask for has no bound, and the store is there to hold it.
        services.AddHybridCache(options => options.DefaultEntryOptions = new HybridCacheEntryOptions
        {
            Expiration = s_life,
            Flags = HybridCacheEntryFlags.DisableLocalCache,
        });
    }
}
