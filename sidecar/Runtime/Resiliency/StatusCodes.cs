using System.Globalization;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Resiliency;

/// <summary>A list of status codes and ranges, such as <c>500-599,429</c>.</summary>
internal sealed class StatusCodes
{
    private readonly List<(int First, int Last)> _ranges = [];

    /// <summary>Null (no list) stands for all codes. Throws <see cref="FormatException"/> for anything else than numbers and ranges.</summary>
    public StatusCodes(string? list)
    {
        if (list is null)
        {
            _ranges.Add((0, int.MaxValue));
            return;
        }

        foreach (var part in list.Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-', 2, StringSplitOptions.TrimEntries);
            if (!TryParse(ends[0], out var first) || !TryParse(ends[^1], out var last) || first > last)
            {
                throw new FormatException($"invalid status code or range: '{part}'");
            }

            _ranges.Add((first, last));
        }
    }

    public bool Contains(int code) => _ranges.Exists(range => code >= range.First && code <= range.Last);

    /// <summary>Throws when one of the retry's lists cannot be read.</summary>
    public static void Check(RetrySpec retry)
    {
        _ = new StatusCodes(retry.HttpStatusCodes);
        _ = new StatusCodes(retry.GrpcStatusCodes);
    }

    private static bool TryParse(string text, out int code) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code);
}
