using DaprShop.Contracts;
using DaprShop.Orders.Domain;
using static DaprShop.Domain.Tests.Orders.Given;

namespace DaprShop.Domain.Tests.Orders;

public sealed class FulfilmentTests
{
    [Fact]
    public void An_order_is_shipped_when_its_goods_leave_and_delivered_when_they_arrive()
    {
        var order = ConfirmedOrder();

        order.NoteShipment(ShipmentStatus.PickedUp, "Swift", "T1", Now);
        order.CatchUp(Now);
        Assert.Equal(OrderStatus.Shipped, order.Status);
        Assert.Equal(new OrderShipped(order.Id, "ann", "Swift", "T1", Now), Assert.Single(order.Events));

        order = order.Saved();
        order.NoteShipment(ShipmentStatus.Delivered, "Swift", "T1", Now);
        order.CatchUp(Now);
        Assert.Equal(OrderStatus.Delivered, order.Status);
        Assert.Equal(new OrderDelivered(order.Id, "ann", Now), Assert.Single(order.Events));
    }

    [Fact]
    public void What_is_told_late_or_again_changes_nothing()
    {
        var order = ConfirmedOrder();
        order.NoteShipment(ShipmentStatus.Delivered, "Swift", "T1", Now);
        order.CatchUp(Now);
        order.CatchUp(Now);
        order = order.Saved();
        var before = order.State;

        order.NoteShipment(ShipmentStatus.InTransit, "Swift", "T1", Now.AddDays(1));
        order.NoteShipment(ShipmentStatus.Delivered, "Swift", "T1", Now.AddDays(1));
        order.CatchUp(Now.AddDays(1));

        Assert.Same(before, order.State);
        Assert.Empty(order.Events);
    }

    [Theory]
    [InlineData(ShipmentStatus.Created)]
    [InlineData(ShipmentStatus.Cancelled)]
    public void Goods_that_have_not_left_are_not_shipped(ShipmentStatus status)
    {
        var order = ConfirmedOrder();

        order.NoteShipment(status, "Swift", "T1", Now);

        Assert.False(order.State.CanCatchUp);
    }

    [Fact]
    public void Goods_that_leave_before_the_order_is_confirmed_are_remembered_until_then()
    {
        var order = PlacedOrder();
        order.NoteShipment(ShipmentStatus.PickedUp, "Swift", "T1", Now);
        order.NoteShipment(ShipmentStatus.Delivered, "Swift", "T1", Now);
        order.CatchUp(Now);
        Assert.Equal(OrderStatus.Pending, order.Status);

        order.Seal(Now);
        order.Confirm("INV-1", Now);
        order.CatchUp(Now);
        order.CatchUp(Now);

        Assert.Equal(OrderStatus.Delivered, order.Status);
        Assert.False(order.State.CanCatchUp);
    }

    [Fact]
    public void A_cancelled_order_does_not_follow_its_goods()
    {
        var order = PlacedOrder();
        order.Cancel("charge", "card-declined", "no", Now);

        order.NoteShipment(ShipmentStatus.Delivered, "Swift", "T1", Now);
        order.CatchUp(Now);

        Assert.Equal(OrderStatus.Cancelled, order.Status);
    }

    [Theory]
    [InlineData(ShipmentStatus.PickedUp)]
    [InlineData(ShipmentStatus.Delivered)]
    public void Units_can_be_returned_once_they_have_left_or_arrived(ShipmentStatus status)
    {
        var order = ConfirmedOrder();
        order.NoteShipment(status, "Swift", "T1", Now);
        order.CatchUp(Now);
        order.CatchUp(Now);

        Assert.Equal(Eur(3.50m), order.AcceptReturn("r1", [new("mug", 1)], Now).Amount);
    }

    [Fact]
    public void Confirming_an_order_that_was_shipped_since_changes_nothing()
    {
        var order = ConfirmedOrder();
        order.NoteShipment(ShipmentStatus.PickedUp, "Swift", "T1", Now);
        order.CatchUp(Now);
        order = order.Saved();

        order.Seal(Now);
        order.Confirm("INV-2", Now);

        Assert.Equal((OrderStatus.Shipped, "INV-1"), (order.Status, order.State.Invoice?.Number));
        Assert.Empty(order.Events);
    }
}
