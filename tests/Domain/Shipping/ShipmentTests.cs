using System.Collections.Frozen;
using DaprShop.Shipping.Domain;

namespace DaprShop.Domain.Tests.Shipping;

public sealed class ShipmentTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Address s_london = new("1 High Street", "London", "London", "N1 1AA", "GB");

    [Theory]
    [InlineData("GB", 3, "Albion Post")]
    [InlineData("GB", 201, "Channel Freight")]
    [InlineData("FR", 3, "Channel Freight")]
    [InlineData("FR", 2_001, "Meridian Cargo")]
    [InlineData("AU", 3, "Meridian Cargo")]
    [InlineData("AU", 80_995, "Meridian Cargo")]
    public void The_cheapest_carrier_that_can_takes_the_parcel(string country, int units, string carrier) =>
        Assert.Equal(carrier, Carrier.Choose(Carrier.Contracted, country, units)!.Carrier);

    [Fact]
    public void Of_equally_cheap_carriers_the_faster_is_taken()
    {
        var price = new Money(1, "GBP");
        Carrier[] carriers = [new("Slow", null, 10, price, price, Days: 5), new("Fast", null, 10, price, price, Days: 1)];

        Assert.Equal("Fast", Carrier.Choose(carriers, "GB", 1)!.Carrier);
    }

    [Fact]
    public void A_parcel_that_nobody_carries_is_refused()
    {
        Carrier[] local = [new("Local", FrozenSet.Create("GB"), 10, new Money(1, "GBP"), new Money(1, "GBP"), Days: 1)];

        var shipment = Shipment.Create("o1", s_london, 11, local, s_now);

        Assert.Equal(ShipmentState.Refused, shipment.State);
        Assert.Null(shipment.Parcel);
    }

    [Fact]
    public void The_tracking_number_of_an_order_is_always_the_same()
    {
        Assert.Equal(Shipment.TrackingNumberOf("o1"), Created().Parcel!.TrackingNumber);
        Assert.NotEqual(Shipment.TrackingNumberOf("o1"), Shipment.TrackingNumberOf("o2"));
        Assert.Matches("^DS[0-9A-F]{12}$", Shipment.TrackingNumberOf("o1"));
    }

    [Fact]
    public void Cancelling_twice_is_cancelling_once()
    {
        var cancelled = Created().Cancel();

        Assert.Equal(ShipmentState.Cancelled, cancelled.State);
        Assert.Same(cancelled, cancelled.Cancel());
    }

    [Fact]
    public void A_shipment_knows_its_request()
    {
        Assert.True(Created().IsFor(s_london, 3));
        Assert.False(Created().IsFor(s_london, 4));
        Assert.False(Shipment.NeverToBe("o1", s_now).IsFor(s_london, 3));
    }

    private static Shipment Created() => Shipment.Create("o1", s_london, 3, Carrier.Contracted, s_now);
}
