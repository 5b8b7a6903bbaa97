using System.Globalization;

namespace DaprShop.Analytics.Domain;

/// <summary>From (included) to (excluded) in Unix milliseconds, as times are stored: both databases make buckets of them by a division.</summary>
internal sealed record Period(long From, long To)
{
    private const string TimeRule = "is a time such as 2026-01-02T03:04:05Z";

    /// <summary>All that can have happened.</summary>
    public static Period Always { get; } = new(0, long.MaxValue);

    /// <summary>Reads what a query says; notes what is wrong by the name of the field and returns null.</summary>
    public static Period? Read(string? from, string? to, Action<string, string> error)
    {
        var (start, end) = (ReadTime(from, "from", error), ReadTime(to, "to", error));
        if (start is not { } first || end is not { } last)
        {
            return null;
        }

        if (first >= last)
        {
            error("to", "is after from");
            return null;
        }

        return new Period(first, last);
    }

    private static long? ReadTime(string? text, string field, Action<string, string> error)
    {
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            error(field, string.IsNullOrEmpty(text) ? $"is required: it {TimeRule}" : TimeRule);
            return null;
        }

        if (time < DateTimeOffset.UnixEpoch)
        {
            error(field, "is not before 1970");
            return null;
        }

        return time.ToUnixTimeMilliseconds();
    }
}
