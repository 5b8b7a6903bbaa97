using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Tests.Resources;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("300ms", 0.3)]
    [InlineData("5s", 5)]
    [InlineData("1h2m3.5s", 3723.5)]
    [InlineData("-1.5h", -5400)]
    [InlineData("+2m", 120)]
    [InlineData("100us", 0.0001)]
    [InlineData("0", 0)]
    public void Go_durations_are_read(string text, double seconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds, 7);
    }

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("5")]
    [InlineData("5 s")]
    [InlineData("s")]
    [InlineData("1.2.3s")]
    [InlineData("5d")]
    [InlineData("-")]
    public void Anything_else_is_not(string text) => Assert.False(GoDuration.TryParse(text, out _));

    [Fact]
    public void A_bare_integer_is_milliseconds_where_that_is_the_rule()
    {
        Assert.True(GoDuration.TryParse("1500", out var duration, bareMilliseconds: true));
        Assert.Equal(TimeSpan.FromSeconds(1.5), duration);
    }
}
