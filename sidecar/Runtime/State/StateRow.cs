namespace DaprShop.Sidecar.State;

/// <summary>What the rules need to know of a stored key. <see cref="Expires"/> is in Unix milliseconds.</summary>
internal sealed record StateRow(long Id, string ETag, bool WrittenFirst, long? Expires)
{
    public bool IsExpired(long now) => Expires <= now;
}
