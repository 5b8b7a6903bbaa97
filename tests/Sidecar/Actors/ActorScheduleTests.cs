using System.Globalization;
using DaprShop.Sidecar.Actors;

namespace DaprShop.Sidecar.Tests.Actors;

public sealed class ActorScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("", "2026-01-31T12:00:00Z")]
    [InlineData("0h0m5s0ms", "2026-01-31T12:00:05Z")]
    [InlineData("1.5h", "2026-01-31T13:30:00Z")]
    [InlineData("P1DT2H", "2026-02-01T14:00:00Z")]
    [InlineData("P1M", "2026-02-28T12:00:00Z")]
    [InlineData("2026-03-01T00:00:00+01:00", "2026-02-28T23:00:00Z")]
    public void The_first_time_is_a_duration_or_a_moment(string dueTime, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), ActorSchedule.OfReminder(Request(dueTime), Now).Due);

    [Theory]
    [InlineData("soon", "", "")]
    [InlineData("-1s", "", "")]
    [InlineData("", "often", "")]
    [InlineData("", "R0/PT1S", "")]
    [InlineData("", "P", "")]
    [InlineData("", "P1Y", "")]
    [InlineData("", "@every 5s", "")]
    [InlineData("", "", "-1s")]
    [InlineData("", "", "2020-01-01T00:00:00Z")]
    public void What_a_reminder_cannot_be_set_to_is_refused(string dueTime, string period, string ttl) =>
        Assert.Throws<FormatException>(() => ActorSchedule.OfReminder(Request(dueTime, period, ttl), Now));

    [Theory]
    [InlineData("@every 5s", 5)]
    [InlineData("P1M", 28 * 24 * 3600)]
    public void A_timer_takes_more_periods_than_a_reminder(string period, int seconds)
    {
        var schedule = ActorSchedule.OfTimer(Request("", period), Now);

        Assert.Equal(Now.AddSeconds(seconds), schedule.Next(Now, fired: 1, Now));
    }

    [Fact]
    public void Ticks_that_were_missed_are_left_out_and_the_rhythm_is_kept()
    {
        var schedule = ActorSchedule.OfReminder(Request("", "10s"), Now);

        Assert.Equal(Now.AddSeconds(40), schedule.Next(Now, fired: 1, Now.AddSeconds(34)));
    }

    [Fact]
    public void Nothing_follows_the_last_repetition_or_the_time_to_live()
    {
        var schedule = ActorSchedule.OfReminder(Request("", "R2/PT10S", "15s"), Now);

        Assert.Equal(Now.AddSeconds(10), schedule.Next(Now, fired: 1, Now));
        Assert.Null(schedule.Next(Now, fired: 2, Now));
        Assert.Null(schedule.Next(Now.AddSeconds(10), fired: 1, Now));
        Assert.Null(ActorSchedule.OfReminder(Request(""), Now).Next(Now, fired: 1, Now));
    }

    [Theory]
    [InlineData("1s", "1s")]
    [InlineData("0h1m30s0ms", "1m30s")]
    [InlineData("1h", "1h0m0s")]
    [InlineData("1500ms", "1.5s")]
    [InlineData("250ms", "250ms")]
    public void A_period_is_told_as_go_prints_it(string text, string expected) => Assert.Equal(expected, ActorPeriod.Parse(text)!.ToGo());

    private static ActorTimerRequest Request(string dueTime, string period = "", string ttl = "") =>
        new("name", dueTime, period, ttl, "", default);
}
