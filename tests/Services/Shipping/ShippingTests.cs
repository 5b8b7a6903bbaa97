using System.Net;
using DaprShop.Contracts;
using DaprShop.Shipping.Domain;

namespace DaprShop.Services.Tests.Shipping;

public sealed class ShippingTests : IAsyncLifetime
{
    private Shop _shop = null!;
    private RunningService _shipping = null!;

    public async Task InitializeAsync()
    {
        _shop = await Shop.StartAsync(AppIds.Shipping);
        _shipping = _shop.Run<Shipment>(AppIds.Shipping);
    }

    public Task DisposeAsync() => _shop.DisposeAsync().AsTask();

    [Fact]
    public async Task An_order_has_one_shipment_however_often_it_is_asked_for()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _shipping.PostAsync<ShipmentResponse>("/shipments", Order("o1"))));

        Assert.Single(answers.Select(answer => answer.TrackingNumber).Distinct());
        Assert.Equal(("Albion Post", 3, ShipmentStatus.Created), (answers[0].Carrier, answers[0].Units, answers[0].Status));
        Assert.Equal(answers[0].TrackingNumber, (await _shipping.GetAsync<ShipmentResponse>("/shipments/o1")).TrackingNumber);
    }

    [Fact]
    public async Task Another_parcel_for_the_same_order_is_a_conflict()
    {
        await _shipping.PostAsync<ShipmentResponse>("/shipments", Order("o1"));

        var conflict = await _shipping.RefusedAsync("/shipments", Order("o1") with { Lines = [new("mug", 4)] });

        Assert.Equal((409, Problems.IdempotencyKeyReused), (conflict.Status, conflict.Code));
    }

    [Fact]
    public async Task Picks_that_are_other_goods_than_the_order_are_refused()
    {
        WarehousePick[] picks = [new("coventry", "Coventry", "GB", 52.37, -1.48, [new("mug", 2)])];

        var problem = await _shipping.RefusedAsync("/shipments", Order("o1") with { Picks = picks });

        Assert.Equal(["are the goods of the lines"], problem.Errors!["picks"]);
    }

    [Fact]
    public async Task A_cancelled_shipment_stays_cancelled()
    {
        await _shipping.PostAsync<ShipmentResponse>("/shipments", Order("o1"));

        await CancelAsync("o1");
        await CancelAsync("o1");

        Assert.Equal(ShipmentStatus.Cancelled, (await _shipping.GetAsync<ShipmentResponse>("/shipments/o1")).Status);
        Assert.Equal((409, Problems.ShipmentCancelled), await RefusalAsync("o1"));
    }

    [Fact]
    public async Task A_request_that_was_overtaken_by_its_cancellation_ships_nothing()
    {
        await CancelAsync("o1");

        Assert.Equal((409, Problems.ShipmentCancelled), await RefusalAsync("o1"));
        Assert.Equal(HttpStatusCode.NotFound, (await _shipping.Http.GetAsync("/shipments/o1")).StatusCode);
    }

    [Fact]
    public async Task A_refusal_stays_one_when_the_fault_is_gone()
    {
        await SetFaultsAsync(100);
        Assert.Equal((422, Problems.NoCarrier), await RefusalAsync("o1"));

        await SetFaultsAsync(0);

        Assert.Equal((422, Problems.NoCarrier), await RefusalAsync("o1"));
    }

    [Fact]
    public async Task The_fault_hits_about_as_many_orders_as_it_says()
    {
        await SetFaultsAsync(30);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            using var response = await _shipping.SendAsync(HttpMethod.Post, "/shipments", Order($"o{i}"));
            return response.StatusCode;
        }));

        Assert.InRange(answers.Count(status => status == HttpStatusCode.UnprocessableEntity), 40, 80);
    }

    [Fact]
    public async Task Bad_input_is_refused_field_by_field()
    {
        var order = Order("o 1");

        var problem = await _shipping.RefusedAsync("/shipments", order with { Address = order.Address with { Country = "Britain" }, Lines = [] });

        Assert.Equal(400, problem.Status);
        Assert.Equal(["address.country", "lines", "orderId"], problem.Errors!.Keys.Order());
    }

    private static CreateShipment Order(string orderId) =>
        new(orderId, new PostalAddress("1 High Street", "London", "London", "N1 1AA", "GB"), [new("mug", 2), new("cup", 1)]);

    private async Task<(int Status, string Code)> RefusalAsync(string orderId)
    {
        var problem = await _shipping.RefusedAsync("/shipments", Order(orderId));
        return (problem.Status, problem.Code);
    }

    private async Task CancelAsync(string orderId)
    {
        using var response = await _shipping.SendAsync(HttpMethod.Delete, $"/shipments/{orderId}");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private async Task SetFaultsAsync(double percent)
    {
        using var response = await _shipping.SendAsync(HttpMethod.Put, "/faults", new ShippingFaults(percent));
        response.EnsureSuccessStatusCode();
    }
}
