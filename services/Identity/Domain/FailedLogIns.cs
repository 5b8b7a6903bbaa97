namespace DaprShop.Identity.Domain;

/// <summary>When log-ins with an e-mail address failed, oldest first. No more than <c>limit</c> may fail within <c>window</c>.</summary>
public sealed record FailedLogIns(IReadOnlyList<DateTimeOffset> At)
{
    public static FailedLogIns None { get; } = new([]);

    /// <summary>How long no log-in is tried; null when one may be.</summary>
    public TimeSpan? LockedFor(DateTimeOffset now, int limit, TimeSpan window)
    {
        var recent = Recent(now, window);
        return recent.Length < limit ? null : recent[^limit] + window - now;
    }

    public FailedLogIns Add(DateTimeOffset now, TimeSpan window) => new([.. Recent(now, window), now]);

    private DateTimeOffset[] Recent(DateTimeOffset now, TimeSpan window) => [.. At.Where(at => now - at < window)];
}
