using System.Net;
using DaprShop.Contracts;
using DaprShop.Shipping.Domain;

namespace DaprShop.Services.Tests.Shipping;

/// <summary>Parcels that move by themselves, from the order's confirmation to the door.</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private static readonly (string, string) s_fast = ("Shipping:DeliveryTime", "00:00:00.600");
    private static readonly (string, string) s_slow = ("Shipping:DeliveryTime", "00:00:06");

    private Shop _shop = null!;
    private TopicRecorder _topic = null!;

    public async Task InitializeAsync()
    {
        _shop = await Shop.StartAsync(AppIds.Shipping, TopicRecorder.AppId);
        _topic = await TopicRecorder.StartAsync(_shop, Topics.Shipping);
    }

    public Task DisposeAsync() => _shop.DisposeAsync().AsTask();

    [Fact]
    public async Task A_confirmed_order_is_picked_up_and_delivered_parcel_by_parcel_and_every_stop_is_told_once()
    {
        var shipping = _shop.Run<Shipment>(AppIds.Shipping, s_fast);
        var created = await Parcels.CreateAsync(shipping, "o1");
        Assert.Equal(["coventry", "rotterdam"], created.Parcels!.Select(parcel => parcel.Warehouse));

        await Parcels.ConfirmAsync(_shop, "o1");

        await StatusIsAsync(shipping, "o1", ShipmentStatus.Delivered);
        var shipment = await Parcels.FindAsync(shipping, "o1");
        Assert.Equal(Enumerable.Range(1, 2 * RoutePlan.Length), shipment.Moves!.Select(move => move.OrderSequence));
        await Eventually.TrueAsync(() => Task.FromResult(_topic.Heard<ShipmentStatusChanged>().Any(change => change.Status == ShipmentStatus.Delivered)));
        await Eventually.TrueAsync(() => Task.FromResult(_topic.Heard<ParcelMoved>().Count >= 2 * RoutePlan.Length));
        Assert.Equal(shipment.Moves, _topic.Heard<ParcelMoved>().OrderBy(move => move.OrderSequence));
        Assert.All(_topic.Heard<ParcelMoved>(), move => Assert.Equal("ann", move.CustomerId));
    }

    [Fact]
    public async Task Before_its_order_is_confirmed_a_parcel_stays_where_it_is()
    {
        var shipping = _shop.Run<Shipment>(AppIds.Shipping, s_fast);
        await Parcels.CreateAsync(shipping, "waits");
        await Parcels.CreateAsync(shipping, "goes");

        await Parcels.ConfirmAsync(_shop, "goes");

        await StatusIsAsync(shipping, "goes", ShipmentStatus.Delivered);
        Assert.Equal(ShipmentStatus.Created, (await Parcels.FindAsync(shipping, "waits")).Status);
    }

    [Fact]
    public async Task A_delivery_goes_on_where_it_was_when_its_service_was_killed()
    {
        var shipping = _shop.Run<Shipment>(AppIds.Shipping, s_slow);
        await Parcels.CreateAsync(shipping, "o1");
        await Parcels.ConfirmAsync(_shop, "o1");
        await StatusIsAsync(shipping, "o1", ShipmentStatus.InTransit);
        await shipping.DisposeAsync();

        shipping = _shop.Restart<Shipment>(AppIds.Shipping, s_slow);

        await StatusIsAsync(shipping, "o1", ShipmentStatus.Delivered);
        Assert.Equal(Enumerable.Range(1, 2 * RoutePlan.Length), (await Parcels.FindAsync(shipping, "o1")).Moves!.Select(move => move.OrderSequence));
    }

    [Fact]
    public async Task A_parcel_that_was_picked_up_is_not_cancelled_any_more()
    {
        var shipping = _shop.Run<Shipment>(AppIds.Shipping, s_slow);
        await Parcels.CreateAsync(shipping, "o1");
        await Parcels.ConfirmAsync(_shop, "o1");
        await StatusIsAsync(shipping, "o1", ShipmentStatus.PickedUp);

        using var refused = await shipping.SendAsync(HttpMethod.Delete, "/shipments/o1");

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains(Problems.ShipmentUnderway, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static Task StatusIsAsync(RunningService shipping, string orderId, ShipmentStatus status) =>
        Eventually.TrueAsync(async () => (await Parcels.FindAsync(shipping, orderId)).Status >= status);
}
