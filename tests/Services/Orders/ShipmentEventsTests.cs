using DaprShop.Contracts;

namespace DaprShop.Services.Tests.Orders;

[Collection(nameof(SharedOrdersShop))]
public sealed class ShipmentEventsTests(OrdersShop shop)
{
    [Fact]
    public async Task An_order_follows_its_parcel_whatever_the_order_of_the_events()
    {
        var sku = await shop.StockAsync(units: 5);
        var order = await shop.SettledAsync((await shop.PlaceAsync(OrdersShop.Request(sku, 1))).Id);

        await TellAsync(order.Id, ShipmentStatus.Delivered);
        await TellAsync(order.Id, ShipmentStatus.PickedUp);
        await TellAsync(order.Id, ShipmentStatus.Delivered);

        await Eventually.TrueAsync(async () => (await shop.OrderAsync(order.Id)).Status == OrderStatus.Delivered);
        Assert.NotNull((await shop.OrderAsync(order.Id)).Shipment);
        await Eventually.TrueAsync(async () => await shop.EventsAsync<OrderDelivered>(order.Id) > 0);
        await Eventually.TrueAsync(async () => await shop.EventsAsync<OrderShipped>(order.Id) > 0);
        Assert.Equal((1, 1), (await shop.EventsAsync<OrderShipped>(order.Id), await shop.EventsAsync<OrderDelivered>(order.Id)));
    }

    [Fact]
    public async Task Delivered_goods_can_be_returned_and_are_paid_back()
    {
        var sku = await shop.StockAsync(units: 5);
        var order = await shop.SettledAsync((await shop.PlaceAsync(OrdersShop.Request(sku, 2))).Id);
        await TellAsync(order.Id, ShipmentStatus.Delivered);
        await Eventually.TrueAsync(async () => (await shop.OrderAsync(order.Id)).Status == OrderStatus.Delivered);

        using var answer = await shop.PostAsync($"/orders/{order.Id}/returns", new ReturnOrder([new(sku, 1)]), "r1");

        await Eventually.TrueAsync(async () => (await shop.OrderAsync(order.Id)).CreditNotes.Count == 1);
        Assert.Equal(10, (await shop.Payments.GetAsync<PaymentResponse>($"/payments/{order.Id}")).Refunded.Amount);
    }

    private Task TellAsync(string orderId, ShipmentStatus status) => shop.PublishAsync(
        Topics.Shipping, new ShipmentStatusChanged(orderId, "ann", status, "Swift", "T1", DateTimeOffset.UtcNow));
}
