namespace DaprShop.Sidecar.Scheduling;

/// <summary>Times to wait as a timer takes them: not negative, not before the millisecond is over, at most a day (then one looks again).</summary>
internal static class Alarm
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public static TimeSpan Limit(TimeSpan wait) => wait <= TimeSpan.Zero
        ? TimeSpan.Zero
        : wait > Longest ? Longest : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
}
