using System.Globalization;
using System.Text.RegularExpressions;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Actors;

/// <summary>
/// A period of a timer or reminder: a Go duration (<c>0h0m5s0ms</c>), or an ISO 8601 one which may say how many times it fires
/// (<c>R3/PT5S</c>).
/// </summary>
internal sealed partial record ActorPeriod(int Years, int Months, int Days, TimeSpan Time, int? Repeats)
{
    public bool IsZero => IsFixed && Time == TimeSpan.Zero;

    /// <summary>Without years, months and days, which are not always equally long.</summary>
    public bool IsFixed => Years == 0 && Months == 0 && Days == 0;

    /// <summary>Reads a duration; null for what is none.</summary>
    public static ActorPeriod? Parse(string text)
    {
        if (GoDuration.TryParse(text, out var duration))
        {
            return duration < TimeSpan.Zero ? null : new ActorPeriod(0, 0, 0, duration, null);
        }

        var match = Iso().Match(text);
        if (!match.Success || text[^1] is 'P' or 'T')
        {
            return null;
        }

        var time = TimeSpan.FromSeconds((((Number(match, "h") * 60L) + Number(match, "min")) * 60L) + Number(match, "s"));
        return new ActorPeriod(
            Number(match, "y"), Number(match, "mon"), (Number(match, "w") * 7) + Number(match, "d"), time,
            match.Groups["r"].Success ? Number(match, "r") : null);
    }

    public DateTimeOffset After(DateTimeOffset moment) => moment.AddYears(Years).AddMonths(Months).AddDays(Days) + Time;

    /// <summary>As Go prints a duration: 1s, 1m30s, 500ms.</summary>
    public string ToGo()
    {
        var seconds = (decimal)(Time.Ticks % TimeSpan.TicksPerMinute) / TimeSpan.TicksPerSecond;
        var (hours, minutes) = ((long)Time.TotalHours, Time.Minutes);
        return Time < TimeSpan.FromSeconds(1)
            ? string.Create(CultureInfo.InvariantCulture, $"{(decimal)Time.Ticks / TimeSpan.TicksPerMillisecond:0.####}ms")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{(hours > 0 ? $"{hours}h" : "")}{(hours > 0 || minutes > 0 ? $"{minutes}m" : "")}{seconds:0.#######}s");
    }

    private static int Number(Match match, string group) => match.Groups[group] is { Success: true } digits
        ? int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture)
        : 0;

    [GeneratedRegex(
        @"^(R(?<r>\d{1,9})/)?P((?<y>\d{1,3})Y)?((?<mon>\d{1,4})M)?((?<w>\d{1,5})W)?((?<d>\d{1,6})D)?(T((?<h>\d{1,7})H)?((?<min>\d{1,8})M)?((?<s>\d{1,9})S)?)?$")]
    private static partial Regex Iso();
}
