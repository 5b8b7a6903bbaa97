using System.Net;
using System.Net.Http.Json;
using DaprShop.Contracts;

namespace DaprShop.EndToEnd.Tests;

[Collection(OpenShopCollection.Name)]
public sealed class OrderSagaTests(OpenShop open)
{
    private readonly Shopper _shopper = open.Shopper;

    [Fact]
    public async Task An_order_is_reserved_charged_shipped_and_confirmed()
    {
        var sku = await _shopper.StockAsync(units: 10, price: 12.50m);

        var placed = await _shopper.PlaceAsync(Shopper.Order(await _shopper.RegisterAsync(), sku, 3));
        var order = await _shopper.SettledAsync(placed.Id);

        Assert.NotEqual(OrderStatus.Cancelled, order.Status);
        Assert.Equal(37.50m, order.Total.Amount);
        Assert.Equal(37.50m, order.Invoice!.Amount.Amount);
        Assert.Equal(37.50m, await _shopper.MoneyHeldAsync(order.Id));
        Assert.NotEqual(ShipmentStatus.Cancelled, (await _shopper.ShipmentAsync(order.Id))!.Status);
        Assert.Equal(new StockResponse(sku, Received: 10, OnHand: 7, Reserved: 0, Shipped: 3), await _shopper.StockOfAsync(sku));
        var saga = await _shopper.SagaIsAsync(order.Id, status => status.State == "completed");
        Assert.All(saga.Status!.Steps, step => Assert.Equal("done", step.Outcome));
    }

    [Fact]
    public async Task Without_stock_for_every_line_nothing_is_reserved_and_nothing_is_charged()
    {
        var plenty = await _shopper.StockAsync(units: 10);
        var scarce = await _shopper.StockAsync(units: 1);
        var request = Shopper.Order(await _shopper.RegisterAsync(), plenty, 1) with
        {
            Lines = [new OrderLineRequest(plenty, 1), new OrderLineRequest(scarce, 2)],
        };

        var order = await _shopper.SettledAsync((await _shopper.PlaceAsync(request)).Id);

        await AssertUndoneAsync(order, Problems.OutOfStock, (plenty, 10), (scarce, 1));
        Assert.Null(await _shopper.ShipmentAsync(order.Id));
    }

    [Fact]
    public async Task A_declined_card_releases_the_stock()
    {
        var sku = await _shopper.StockAsync(units: 5);

        var placed = await _shopper.PlaceAsync(Shopper.Order(await _shopper.RegisterAsync(), sku, 2, cardToken: "tok_declined"));
        var order = await _shopper.SettledAsync(placed.Id);

        await AssertUndoneAsync(order, Problems.CardDeclined, (sku, 5));
        await _shopper.SagaIsAsync(order.Id, status => status.State == "compensated");
    }

    [Fact]
    public async Task When_no_carrier_takes_it_the_charge_is_refunded_and_the_stock_released()
    {
        var sku = await _shopper.StockAsync(units: 5);
        await _shopper.SucceedAsync(HttpMethod.Put, "/api/operations/shipping/faults", new ShippingFaults(100));
        try
        {
            var placed = await _shopper.PlaceAsync(Shopper.Order(await _shopper.RegisterAsync(), sku, 2));
            var order = await _shopper.SettledAsync(placed.Id);

            await AssertUndoneAsync(order, Problems.NoCarrier, (sku, 5));
            Assert.Equal(20m, (await _shopper.GetAsync<PaymentResponse>($"/api/payments/{order.Id}")).Refunded.Amount);
        }
        finally
        {
            await _shopper.SucceedAsync(HttpMethod.Put, "/api/operations/shipping/faults", new ShippingFaults(0));
        }
    }

    [Fact]
    public async Task An_order_cancelled_before_its_charge_is_never_charged()
    {
        var sku = await _shopper.StockAsync(units: 20, price: 1000m);
        var placed = await _shopper.PlaceAsync(Shopper.Order(await _shopper.RegisterAsync(), sku, 15));
        Assert.True(placed.RequiresApproval);
        await Eventually.IsAsync(() => _shopper.StockOfAsync(sku), stock => stock.Reserved == 15);

        await _shopper.SucceedAsync(HttpMethod.Post, $"/api/orders/{placed.Id}/cancel", new CancelOrder("changed my mind"));
        var order = await _shopper.SettledAsync(placed.Id);

        await AssertUndoneAsync(order, "cancelled", (sku, 20));
        Assert.Null(await _shopper.ShipmentAsync(order.Id));
    }

    [Fact]
    public async Task An_order_cancelled_after_its_charge_is_refunded()
    {
        var sku = await _shopper.StockAsync(units: 5);
        string id;
        using (open.Process.Freeze(AppIds.Shipping))
        {
            id = (await _shopper.PlaceAsync(Shopper.Order(await _shopper.RegisterAsync(), sku, 2))).Id;
            await Eventually.IsAsync(() => _shopper.MoneyHeldAsync(id), held => held == 20m);
            await _shopper.SucceedAsync(HttpMethod.Post, $"/api/orders/{id}/cancel", new CancelOrder("too slow"));
        }

        var order = await _shopper.SettledAsync(id);

        await AssertUndoneAsync(order, "cancelled", (sku, 5));
        Assert.Equal(20m, (await _shopper.GetAsync<PaymentResponse>($"/api/payments/{order.Id}")).Refunded.Amount);
    }

    [Fact]
    public async Task A_large_order_waits_for_its_approval()
    {
        var sku = await _shopper.StockAsync(units: 20, price: 1000m);
        var placed = await _shopper.PlaceAsync(Shopper.Order(await _shopper.RegisterAsync(), sku, 11));

        await _shopper.SucceedAsync(HttpMethod.Post, $"/api/orders/{placed.Id}/approval", new ApprovalDecision(true, "staff"));
        var order = await _shopper.SettledAsync(placed.Id);

        Assert.NotEqual(OrderStatus.Cancelled, order.Status);
        Assert.Equal(11_000m, await _shopper.MoneyHeldAsync(order.Id));
    }

    [Fact]
    public async Task A_large_order_that_is_not_approved_is_cancelled()
    {
        var sku = await _shopper.StockAsync(units: 20, price: 1000m);
        var placed = await _shopper.PlaceAsync(Shopper.Order(await _shopper.RegisterAsync(), sku, 11));

        await _shopper.SucceedAsync(HttpMethod.Post, $"/api/orders/{placed.Id}/approval", new ApprovalDecision(false, "staff"));
        var order = await _shopper.SettledAsync(placed.Id);

        Assert.Equal(OrderStatus.Cancelled, order.Status);
        Assert.Equal(20, (await _shopper.StockOfAsync(sku)).OnHand);
    }

    [Fact]
    public async Task A_confirmed_order_cannot_be_cancelled_any_more()
    {
        var order = await ConfirmedAsync(await _shopper.StockAsync(units: 5), 1);

        using var answer = await _shopper.PostAsync($"/api/orders/{order.Id}/cancel", new CancelOrder("too late"));

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains(Problems.TypeOf(Problems.OrderNotCancellable), await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Returned_units_are_refunded_and_back_on_the_shelf()
    {
        var sku = await _shopper.StockAsync(units: 5);
        var confirmed = await ConfirmedAsync(sku, 3);

        using var answer = await _shopper.PostAsync($"/api/orders/{confirmed.Id}/returns", new ReturnOrder([new OrderLineRequest(sku, 2)]), Shopper.NewKey());
        Assert.True(answer.IsSuccessStatusCode);
        var order = await Eventually.IsAsync(
            () => _shopper.GetAsync<OrderResponse>($"/api/orders/{confirmed.Id}"), order => order.CreditNotes.Count == 1);

        Assert.Equal(20m, order.CreditNotes[0].Amount.Amount);
        Assert.Equal(10m, await _shopper.MoneyHeldAsync(order.Id));
        Assert.Equal(new StockResponse(sku, Received: 5, OnHand: 4, Reserved: 0, Shipped: 1), await _shopper.StockOfAsync(sku));
    }

    [Fact]
    public async Task The_same_request_twice_is_one_order()
    {
        var sku = await _shopper.StockAsync(units: 5);
        var request = Shopper.Order(await _shopper.RegisterAsync(), sku, 1);
        var key = Shopper.NewKey();

        var placed = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _shopper.PlaceAsync(request, key)));
        await _shopper.SettledAsync(placed[0].Id);

        Assert.Single(placed.Select(order => order.Id).Distinct());
        Assert.Equal(1, (await _shopper.StockOfAsync(sku)).Shipped);
        Assert.Equal(10m, await _shopper.MoneyHeldAsync(placed[0].Id));
    }

    [Fact]
    public async Task An_event_that_comes_twice_changes_nothing()
    {
        var sku = await _shopper.StockAsync(units: 5);
        var order = await ConfirmedAsync(sku, 1);
        using var sidecar = new HttpClient { BaseAddress = open.Process.RunFile.Sidecar(AppIds.Orders) };
        sidecar.DefaultRequestHeaders.Add("dapr-api-token", ShopProcess.ApiToken);
        var again = new OrderCreated(order.Id, order.CustomerId, [new OrderLineRequest(sku, 1)], order.Total, order.ShippingAddress, order.CreatedAt);

        using var published = await sidecar.PostAsJsonAsync(
            $"/v1.0/publish/{Topics.PubSub}/{Topics.Orders}?metadata.cloudevent.type={nameof(OrderCreated)}", again, ContractsJson.Options);
        Assert.True(published.IsSuccessStatusCode);
        await ConfirmedAsync(sku, 1);

        Assert.Equal(2, (await _shopper.StockOfAsync(sku)).Shipped);
        Assert.Equal(10m, await _shopper.MoneyHeldAsync(order.Id));
        Assert.Equal("Completed", (await _shopper.GetAsync<SagaResponse>($"/api/orders/{order.Id}/saga")).RuntimeStatus);
    }

    private async Task<OrderResponse> ConfirmedAsync(string sku, int quantity)
    {
        var order = await _shopper.SettledAsync((await _shopper.PlaceAsync(Shopper.Order(await _shopper.RegisterAsync(), sku, quantity))).Id);
        Assert.NotEqual(OrderStatus.Cancelled, order.Status);
        return order;
    }

    private async Task AssertUndoneAsync(OrderResponse order, string code, params (string Sku, int OnHand)[] shelves)
    {
        Assert.Equal(OrderStatus.Cancelled, order.Status);
        Assert.Equal(code, order.Cancellation!.Code);
        Assert.Equal(0m, await _shopper.MoneyHeldAsync(order.Id));
        Assert.True((await _shopper.ShipmentAsync(order.Id))?.Status is null or ShipmentStatus.Cancelled);
        foreach (var (sku, onHand) in shelves)
        {
            var stock = await _shopper.StockOfAsync(sku);
            Assert.Equal((onHand, 0, 0), (stock.OnHand, stock.Reserved, stock.Shipped));
        }
    }
}
