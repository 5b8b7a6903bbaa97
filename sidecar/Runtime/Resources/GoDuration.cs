using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DaprShop.Sidecar.Resources;

/// <summary>Durations as Go writes them: <c>300ms</c>, <c>1.5h</c>, <c>2m30s</c>; the smallest step kept is 100 ns.</summary>
internal static class GoDuration
{
    /// <summary>How a duration is described in messages.</summary>
    public const string Expected = "expected a duration such as 500ms, 5s or 1m30s";

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly (string Name, double Ticks)[] Units =
    [
        // Two-letter units first: "ms" must not be read as "m".
        ("ns", 0.01), ("us", 10), ("µs", 10), ("μs", 10), ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>Go's time.ParseDuration; with <paramref name="bareMilliseconds"/> a bare integer means milliseconds.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TimeSpan duration, bool bareMilliseconds = false)
    {
        duration = TimeSpan.Zero;
        var rest = text.AsSpan();
        if (rest is "0")
        {
            return true;
        }

        if (bareMilliseconds && int.TryParse(rest, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds))
        {
            duration = TimeSpan.FromMilliseconds(milliseconds);
            return true;
        }

        var negative = rest.StartsWith("-");
        rest = rest is ['-' or '+', ..] ? rest[1..] : rest;
        if (rest.IsEmpty)
        {
            return false;
        }

        double ticks = 0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0 ||
                !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ||
                !TryTakeUnit(ref rest, digits, out var unit))
            {
                return false;
            }

            ticks += number * unit;
        }

        if (ticks > long.MaxValue / 2)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)Math.Round(negative ? -ticks : ticks));
        return true;
    }

    private static bool TryTakeUnit(ref ReadOnlySpan<char> rest, int start, out double ticks)
    {
        foreach (var unit in Units)
        {
            if (rest[start..].StartsWith(unit.Name))
            {
                rest = rest[(start + unit.Name.Length)..];
                ticks = unit.Ticks;
                return true;
            }
        }

        ticks = 0;
        return false;
    }
}
