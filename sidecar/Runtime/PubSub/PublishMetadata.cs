using System.Globalization;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.PubSub;

/// <summary>The request metadata that publishing understands; names are matched without regard to case.</summary>
internal static class PublishMetadata
{
    public static string? Find(IReadOnlyDictionary<string, string> metadata, string name)
    {
        if (metadata.Count == 0)
        {
            return null;
        }

        return metadata.TryGetValue(name, out var value)
            ? value
            : metadata.FirstOrDefault(entry => entry.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
    }

    /// <summary>rawPayload, as Go reads a bool; false when there is none; null when it is no bool.</summary>
    public static bool? IsRaw(IReadOnlyDictionary<string, string> metadata) => Find(metadata, "rawPayload") switch
    {
        null or "" or "0" or "f" or "F" or "false" or "False" or "FALSE" => false,
        "1" or "t" or "T" or "true" or "True" or "TRUE" => true,
        _ => null,
    };

    /// <summary>ttlInSeconds (or ttl), in seconds or as a Go duration; one that cannot be read is ignored, as daprd does.</summary>
    public static TimeSpan? TimeToLive(IReadOnlyDictionary<string, string> metadata)
    {
        var text = Find(metadata, "ttlInSeconds") ?? Find(metadata, "ttl");
        var ttl = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds)
            : GoDuration.TryParse(text, out var duration) ? duration
            : TimeSpan.Zero;
        return ttl > TimeSpan.Zero ? ttl : null;
    }
}
