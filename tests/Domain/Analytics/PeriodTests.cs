using DaprShop.Analytics.Domain;

namespace DaprShop.Domain.Tests.Analytics;

public sealed class PeriodTests
{
    private readonly List<string> _wrong = [];

    [Theory]
    [InlineData("1970-01-01", "1970-01-02T00:00:00Z", 0, 86_400_000)]
    [InlineData("1970-01-01T02:00:00+01:00", "1970-01-01T01:00:00.001Z", 3_600_000, 3_600_001)]
    public void A_time_without_an_offset_is_one_of_UTC(string from, string to, long first, long last) =>
        Assert.Equal(new Period(first, last), Read(from, to));

    [Theory]
    [InlineData(null, "2026-01-01", "from")]
    [InlineData("2026-01-01", "", "to")]
    [InlineData("soon", "later", "from to")]
    [InlineData("2026-01-01", "2026-01-01", "to")]
    [InlineData("2026-01-02", "2026-01-01", "to")]
    [InlineData("1969-12-31", "2026-01-01", "from")]
    public void What_is_no_period_names_the_field(string? from, string? to, string fields)
    {
        Assert.Null(Read(from, to));
        Assert.Equal(fields.Split(' '), _wrong);
    }

    [Theory]
    [InlineData("minute", 0, 60_000, 1)]
    [InlineData("minute", 59_999, 60_001, 2)]
    [InlineData("hour", 1, 7_200_000, 2)]
    [InlineData("day", 0, 31 * 86_400_000L, 31)]
    public void A_period_touches_so_many_buckets(string name, long from, long to, long count) =>
        Assert.Equal(count, Bucket.Find(name)!.CountIn(new Period(from, to)));

    [Fact]
    public void There_are_no_other_buckets() => Assert.Null(Bucket.Find("week"));

    private Period? Read(string? from, string? to) => Period.Read(from, to, (field, _) => _wrong.Add(field));
}
