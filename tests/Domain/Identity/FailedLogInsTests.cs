using DaprShop.Identity.Domain;

namespace DaprShop.Domain.Tests.Identity;

public sealed class FailedLogInsTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(15);

    [Fact]
    public void Fewer_than_the_limit_lock_nothing() => Assert.Null(FailedAt(0, 1, 2, 3).LockedFor(s_now.AddMinutes(4), 5, s_window));

    [Fact]
    public void The_limit_locks_until_the_first_of_them_is_old() =>
        Assert.Equal(TimeSpan.FromMinutes(11), FailedAt(0, 1, 2, 3, 4).LockedFor(s_now.AddMinutes(4), 5, s_window));

    [Fact]
    public void A_lock_ends() => Assert.Null(FailedAt(0, 1, 2, 3, 4).LockedFor(s_now.AddMinutes(15), 5, s_window));

    [Fact]
    public void Failures_far_apart_lock_nothing() => Assert.Null(FailedAt(0, 10, 20, 30, 40).LockedFor(s_now.AddMinutes(40), 5, s_window));

    [Fact]
    public void Old_failures_are_forgotten() => Assert.Equal(2, FailedAt(0, 10, 20).At.Count);

    private static FailedLogIns FailedAt(params int[] minutes) =>
        minutes.Aggregate(FailedLogIns.None, (failed, minute) => failed.Add(s_now.AddMinutes(minute), s_window));
}
