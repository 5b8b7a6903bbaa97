using System.Globalization;

namespace DaprShop.Sidecar.State;

/// <summary>The metadata <c>ttlInSeconds</c>.</summary>
internal static class TimeToLive
{
    public const string Name = "ttlInSeconds";

    /// <summary>Seconds; not positive is never; null when it is not given. Throws <see cref="FormatException"/>.</summary>
    public static int? Parse(IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(Name, out var text) || text.Length == 0)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) && seconds >= -1
            ? seconds
            : throw new FormatException($"incorrect value for metadata '{Name}': '{text}' is not a number of seconds, -1 or greater");
    }
}
