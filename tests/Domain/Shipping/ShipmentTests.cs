using DaprShop.Contracts;
using DaprShop.Shipping.Domain;

namespace DaprShop.Domain.Tests.Shipping;

public sealed class ShipmentTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Address s_london = new("1 High Street", "London", "London", "N1 1AA", "GB");
    private static readonly Depot s_rotterdam = new("rotterdam", "Rotterdam", "NL", new GeoPoint(51.89, 4.42));
    private static readonly Consignment s_mugs = new(Depot.Default, [new("mug", 2)]);
    private static readonly Consignment s_cups = new(s_rotterdam, [new("cup", 1)]);

    [Fact]
    public void Goods_of_several_depots_are_several_parcels()
    {
        var shipment = Created(s_mugs, s_cups);

        Assert.Equal(["coventry", "rotterdam"], shipment.Parcels.Select(parcel => parcel.From.Id));
        Assert.Equal(["Albion Post", "Channel Freight"], shipment.Parcels.Select(parcel => parcel.Quote.Carrier));
        Assert.Equal(2, shipment.Parcels.Select(parcel => parcel.TrackingNumber).Distinct().Count());
        Assert.Equal(3, shipment.Units());
    }

    [Fact]
    public void A_parcel_that_nobody_carries_refuses_the_whole_shipment()
    {
        Carrier[] carriers = [Carrier.Contracted[0]];

        var refused = Shipment.Create("o1", "ann", s_london, [s_mugs, s_cups], carriers, null, s_now);

        Assert.Equal(ShipmentState.Refused, refused.Shipment.State);
        Assert.Empty(refused.Shipment.Parcels);
        Assert.Null(refused.Event);
    }

    [Fact]
    public void The_tracking_number_of_an_order_is_always_the_same()
    {
        Assert.Equal(Shipment.TrackingNumberOf("o1"), Created(s_mugs).Parcels[0].TrackingNumber);
        Assert.NotEqual(Shipment.TrackingNumberOf("o1"), Shipment.TrackingNumberOf("o2"));
        Assert.Matches("^DS[0-9A-F]{12}$", Shipment.TrackingNumberOf("o1"));
    }

    [Fact]
    public void A_parcels_id_names_its_order_whatever_that_is_called() => Assert.Equal("a.1.b", Parcel.OrderOf(Parcel.IdOf("a.1.b", 2)));

    [Fact]
    public void Before_the_order_is_confirmed_nothing_moves() => Assert.Null(Created(s_mugs).Move("o1.1", s_now));

    [Fact]
    public void A_parcel_goes_from_its_depot_to_its_address_stop_by_stop_and_then_no_further()
    {
        var shipment = Confirmed(s_mugs);
        var events = new List<ParcelMoved>();
        while (shipment.Move("o1.1", s_now) is { } moved)
        {
            shipment = moved.Shipment;
            events.Add(Assert.IsType<ParcelMoved>(moved.Event));
        }

        Assert.Equal(RoutePlan.Length, events.Count);
        Assert.Equal(Enumerable.Range(1, RoutePlan.Length), events.Select(move => move.Sequence));
        Assert.Equal(
            [ShipmentStatus.PickedUp, ShipmentStatus.InTransit, ShipmentStatus.OutForDelivery, ShipmentStatus.Delivered],
            events.Select(move => move.Status).Distinct());
        Assert.Equal(("Coventry", "London"), (events[0].Place, events[^1].Place));
        Assert.Equal(events, shipment.Moves());
        Assert.True(shipment.IsOver("o1.1"));
    }

    [Fact]
    public void On_its_way_a_parcel_comes_nearer_with_each_stop()
    {
        var distances = RoutePlan.Between(Depot.Default, new Address("1 Road", "Sydney", "NSW", "2000", "AU"))
            .Select(stop => stop.Location.DistanceTo(Geography.HeartOf("AU"))).ToList();

        Assert.Equal(distances.OrderDescending(), distances);
        Assert.Equal(0, distances[^1], tolerance: 0.1);
    }

    [Fact]
    public void A_shipment_is_where_its_slowest_parcel_is()
    {
        var shipment = Confirmed(s_mugs, s_cups);
        while (shipment.Move("o1.1", s_now) is { } moved)
        {
            shipment = moved.Shipment;
        }

        Assert.Equal(ShipmentStatus.Created, shipment.StatusNow());
        shipment = shipment.Move("o1.2", s_now)!.Shipment;
        Assert.Equal(ShipmentStatus.PickedUp, shipment.StatusNow());
        Assert.Equal(Enumerable.Range(1, RoutePlan.Length + 1), shipment.Moves().Select(move => move.OrderSequence));
    }

    [Fact]
    public void A_status_is_told_once()
    {
        var shipment = Confirmed(s_mugs).Move("o1.1", s_now)!.Shipment;

        var told = shipment.Announce(s_now)!;

        Assert.Equal(
            new ShipmentStatusChanged("o1", "ann", ShipmentStatus.PickedUp, "Albion Post", Shipment.TrackingNumberOf("o1"), s_now), told.Event);
        Assert.Null(told.Shipment.Announce(s_now));
    }

    [Fact]
    public void Cancelling_twice_is_cancelling_once()
    {
        var cancelled = Confirmed(s_mugs).Cancel(s_now)!;

        Assert.Equal(ShipmentStatus.Cancelled, cancelled.Shipment.StatusNow());
        Assert.IsType<ShipmentCancelled>(cancelled.Event);
        Assert.Null(cancelled.Shipment.Cancel(s_now));
        Assert.Null(cancelled.Shipment.Confirm());
        Assert.Null(cancelled.Shipment.Move("o1.1", s_now));
    }

    [Fact]
    public void What_was_picked_up_cannot_be_cancelled()
    {
        var shipment = Confirmed(s_mugs, s_cups).Move("o1.2", s_now)!.Shipment;

        Assert.Equal(Problems.ShipmentUnderway, Assert.Throws<DomainException>(() => shipment.Cancel(s_now)).Code);
    }

    [Fact]
    public void A_shipment_knows_its_request()
    {
        Assert.True(Created(s_mugs, s_cups).IsFor(s_london, 3));
        Assert.False(Created(s_mugs).IsFor(s_london, 3));
        Assert.False(Shipment.NeverToBe("o1", s_now).IsFor(s_london, 3));
    }

    private static Shipment Created(params Consignment[] goods) =>
        Shipment.Create("o1", "ann", s_london, goods, Carrier.Contracted, withinDays: null, s_now).Shipment;

    private static Shipment Confirmed(params Consignment[] goods) => Created(goods).Confirm()!.Shipment;
}
