namespace DaprShop.Domain.Tests.Kernel;

public sealed class GeographyTests
{
    private static readonly GeoPoint s_london = new(51.5, -0.13);
    private static readonly GeoPoint s_newYork = new(40.7, -74);

    [Fact]
    public void Distances_are_those_of_the_globe()
    {
        Assert.InRange(s_london.DistanceTo(s_newYork), 5_550, 5_590);
        Assert.Equal(0, s_london.DistanceTo(s_london));
        Assert.InRange(new GeoPoint(0, 179).DistanceTo(new GeoPoint(0, -179)), 222, 223);
    }

    [Fact]
    public void Half_way_is_as_far_from_here_as_from_there()
    {
        var middle = s_london.Towards(s_newYork, 0.5);

        Assert.Equal(s_london.DistanceTo(middle), middle.DistanceTo(s_newYork), tolerance: 0.1);
        Assert.Equal(s_newYork, s_london.Towards(s_newYork, 1));
        Assert.Equal(s_london, s_london.Towards(s_london, 0.3));
    }

    [Fact]
    public void Every_country_is_somewhere()
    {
        string[] countries =
        [
            .. from first in Enumerable.Range('A', 26) from second in Enumerable.Range('A', 26)
               let code = $"{(char)first}{(char)second}" where Country.IsKnown(code) select code,
        ];

        Assert.Equal(249, countries.Length);
        Assert.All(countries, country =>
        {
            var heart = Geography.HeartOf(country);
            Assert.True(heart is { Latitude: > -90 and < 90, Longitude: > -180 and < 180 }, country);
        });
    }

    [Fact]
    public void No_country_is_nowhere() => Assert.Equal("country", Assert.Throws<DomainException>(() => Geography.HeartOf("XX")).Field);
}
