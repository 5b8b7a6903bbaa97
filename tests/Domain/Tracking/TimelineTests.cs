using DaprShop.Contracts;
using DaprShop.Tracking.Domain;

namespace DaprShop.Domain.Tests.Tracking;

public sealed class TimelineTests
{
    [Fact]
    public void Stops_in_order_are_news()
    {
        var timeline = Timeline.ResumeAfter(0, []);

        Assert.Equal([Progress.Next, Progress.Next], new[] { Stop(1), Stop(2) }.Select(timeline.Take));
        Assert.Equal(2, timeline.Seen);
    }

    [Fact]
    public void A_stop_that_comes_again_is_known()
    {
        var timeline = Timeline.ResumeAfter(2, [Stop(1), Stop(2)]);

        Assert.Equal(Progress.Known, timeline.Take(Stop(2)));
    }

    [Fact]
    public void A_stop_that_overtook_another_shows_a_gap_and_is_not_seen_yet()
    {
        var timeline = Timeline.ResumeAfter(1, [Stop(1)]);

        Assert.Equal(Progress.Gap, timeline.Take(Stop(3)));
        Assert.Equal([Stop(2), Stop(3)], timeline.CatchUp([Stop(1), Stop(2), Stop(3)]));
        Assert.Equal(Progress.Known, timeline.Take(Stop(2)));
    }

    [Fact]
    public void Who_comes_back_gets_what_was_missed() =>
        Assert.Equal([Stop(2), Stop(3)], Timeline.ResumeAfter(1, [Stop(1), Stop(2), Stop(3)]).CatchUp([Stop(1), Stop(2), Stop(3)]));

    [Fact]
    public void Who_claims_to_have_seen_the_future_misses_nothing_of_it()
    {
        var timeline = Timeline.ResumeAfter(99, [Stop(1)]);

        Assert.Equal(Progress.Next, timeline.Take(Stop(2)));
    }

    private static ParcelMoved Stop(int sequence) =>
        new("o1", "ann", "o1.1", sequence, ShipmentStatus.InTransit, "Somewhere", 0, 0, DateTimeOffset.UnixEpoch, sequence);
}
