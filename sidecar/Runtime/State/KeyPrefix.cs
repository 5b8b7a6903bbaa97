namespace DaprShop.Sidecar.State;

/// <summary>The component metadata <c>keyPrefix</c>: what stands before an app's keys in the store.</summary>
internal static class KeyPrefix
{
    public const string Separator = "||";

    /// <summary>The prefix with its separator; "" for none. Throws <see cref="InvalidDataException"/> for one that cannot be.</summary>
    public static string Of(string? strategy, string appId, string componentName)
    {
        if (strategy?.Contains(Separator, StringComparison.Ordinal) == true)
        {
            throw new InvalidDataException($"input key/keyPrefix '{strategy}' can't contain '||'");
        }

        return strategy?.ToUpperInvariant() switch
        {
            null or "" or "APPID" => appId + Separator,
            "NAME" => componentName + Separator,
            "NONE" => "",
            "NAMESPACE" when Environment.GetEnvironmentVariable("NAMESPACE") is { Length: > 0 } space => $"{space}.{appId}{Separator}",
            "NAMESPACE" => appId + Separator,
            _ => strategy + Separator,
        };
    }
}
