using System.Collections.Frozen;
using DaprShop.Shipping.Domain;

namespace DaprShop.Domain.Tests.Shipping;

public sealed class CarrierTests
{
    [Theory]
    [InlineData("GB", "GB", 3, "Albion Post")]
    [InlineData("GB", "JE", 3, "Albion Post")]
    [InlineData("GB", "GB", 201, "Channel Freight")]
    [InlineData("GB", "FR", 3, "Channel Freight")]
    [InlineData("NL", "NL", 3, "Channel Freight")]
    [InlineData("GB", "FR", 2_001, "Meridian Cargo")]
    [InlineData("GB", "AU", 3, "Meridian Cargo")]
    [InlineData("GB", "AU", 80_995, "Meridian Cargo")]
    [InlineData("US", "US", 3, "Atlas Express")]
    public void The_cheapest_carrier_that_can_takes_the_parcel(string from, string to, int units, string carrier) =>
        Assert.Equal(carrier, Carrier.Choose(Carrier.Contracted, from, to, units)!.Carrier);

    [Theory]
    [InlineData("GB", "GB", 2, "Albion Post")]
    [InlineData("GB", "GB", 1, "Atlas Express")]
    [InlineData("GB", "FR", 3, "Atlas Express")]
    [InlineData("GB", "AU", 5, "Atlas Express")]
    [InlineData("GB", "AU", 9, "Meridian Cargo")]
    public void The_cheapest_of_those_that_are_in_time_is_taken(string from, string to, int days, string carrier) =>
        Assert.Equal(carrier, Carrier.Choose(Carrier.Contracted, from, to, 3, days)!.Carrier);

    [Fact]
    public void If_none_is_in_time_the_fastest_is_taken() =>
        Assert.Equal("Atlas Express", Carrier.Choose(Carrier.Contracted, "GB", "AU", 3, withinDays: 1)!.Carrier);

    [Fact]
    public void Of_equally_cheap_carriers_the_faster_is_taken()
    {
        Carrier[] carriers = [Everywhere("Slow", 5), Everywhere("Fast", 1)];

        Assert.Equal("Fast", Carrier.Choose(carriers, "GB", "GB", 1)!.Carrier);
    }

    [Fact]
    public void The_price_is_that_of_the_zone_and_the_units()
    {
        var carrier = Carrier.Contracted.First(one => one.Name == "Atlas Express");

        Assert.Equal(new Quote("Atlas Express", new Money(12.60m, "GBP"), 1), carrier.QuoteFor("GB", "GB", 3));
        Assert.Equal(new Quote("Atlas Express", new Money(20.90m, "GBP"), 2), carrier.QuoteFor("GB", "DE", 3));
        Assert.Null(carrier.QuoteFor("GB", "DE", 101));
    }

    [Fact]
    public void A_carrier_picks_up_only_where_it_is() =>
        Assert.Null(Carrier.Contracted.First(one => one.Name == "Albion Post").QuoteFor("NL", "NL", 1));

    private static Carrier Everywhere(string name, int days)
    {
        var price = new Money(1, "GBP");
        return new Carrier(name, FrozenSet.Create("GB"), new Dictionary<Zone, Tariff> { [Zone.Domestic] = new(price, price, days, MaxUnits: 10) });
    }
}
