using System.Globalization;
using DaprShop.Sidecar.Scheduling;

namespace DaprShop.Sidecar.Tests.Scheduling;

public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("@every 1s", "", "2026-01-02T03:04:05.4Z", "2026-01-02T03:04:06Z")]
    [InlineData("@every 1m30s", "", "2026-01-02T03:04:05Z", "2026-01-02T03:05:35Z")]
    [InlineData("@every 10ms", "", "2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z")]
    [InlineData("@hourly", "UTC", "2026-01-02T03:04:05Z", "2026-01-02T04:00:00Z")]
    [InlineData("@daily", "UTC", "2026-01-02T03:04:05Z", "2026-01-03T00:00:00Z")]
    [InlineData("*/1 * * * * *", "UTC", "2026-01-02T03:04:05.9Z", "2026-01-02T03:04:06Z")]
    [InlineData("30 0 9 * * MON", "UTC", "2026-01-02T03:04:05Z", "2026-01-05T09:00:30Z")]
    [InlineData("0 9 * * *", "UTC", "2026-01-02T09:00:00Z", "2026-01-03T09:00:00Z")]
    [InlineData("0 9 * * *", "America/New_York", "2026-01-02T03:04:05Z", "2026-01-02T14:00:00Z")]
    [InlineData("0 9 15 * FRI", "UTC", "2026-01-02T09:00:00Z", "2026-01-09T09:00:00Z")]
    [InlineData("0 9 5 * FRI", "UTC", "2026-01-02T09:00:00Z", "2026-01-05T09:00:00Z")]
    public void The_next_time_is_the_first_one_after_now(string schedule, string timeZone, string now, string expected) =>
        Assert.Equal(Time(expected), CronSchedule.Parse(schedule, timeZone).Next(Time(now)));

    [Theory]
    [InlineData("", "")]
    [InlineData("often", "")]
    [InlineData("@every", "")]
    [InlineData("@every soon", "")]
    [InlineData("@every -1s", "")]
    [InlineData("61 * * * *", "")]
    [InlineData("* * * *", "")]
    [InlineData("@hourly", "Mars/Olympus")]
    public void A_schedule_that_cannot_be_read_is_refused(string schedule, string timeZone) =>
        Assert.Throws<InvalidDataException>(() => CronSchedule.Parse(schedule, timeZone));

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
