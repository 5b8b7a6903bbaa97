using System.Net;
using System.Net.Http.Json;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Orders.Domain;

namespace DaprShop.Services.Tests.Orders;

public sealed class OrderSagaTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    [Fact]
    public async Task An_order_whose_request_died_after_the_save_is_fulfilled_all_the_same()
    {
        var sku = await shop.StockAsync(units: 5);
        var order = Order.Start(Guid.NewGuid().ToString(), "ann", "GBP", DateTimeOffset.UtcNow);
        order.AddLine(sku, sku, 2, new Money(10, "GBP"));
        var address = new Address("1 High Street", "Bath", "Somerset", "BA1 1AA", "GB");
        order.Place(new Price(new Money(20, "GBP"), []), address, new PaymentMethod("card", "tok_visa"), false, "hash", DateTimeOffset.UtcNow);

        await shop.Store.InsertAsync(order, CancellationToken.None);

        Assert.Equal(OrderStatus.Confirmed, (await shop.SettledAsync(order.Id)).Status);
        Assert.Equal(2, (await shop.StockOfAsync(sku)).Shipped);
    }

    [Fact]
    public async Task A_cancellation_whose_request_died_after_the_save_still_wakes_the_saga()
    {
        var sku = await shop.StockAsync(units: 20, price: 1000);
        var placed = await shop.PlaceAsync(OrdersShop.Request(sku, 11));
        await Eventually.TrueAsync(async () => (await shop.StockOfAsync(sku)).Reserved == 11);

        await shop.Store.ChangeAsync(placed.Id, order => order.RequestCancellation("changed my mind", DateTimeOffset.UtcNow));

        var order = await shop.SettledAsync(placed.Id);
        Assert.Equal(("cancel", "cancelled", "changed my mind"), (order.Cancellation?.Step, order.Cancellation?.Code, order.Cancellation?.Detail));
        Assert.Equal(20, (await shop.StockOfAsync(sku)).OnHand);
    }

    [Fact]
    public async Task A_large_order_is_fulfilled_once_it_is_approved()
    {
        var sku = await shop.StockAsync(units: 20, price: 1000);
        var placed = await shop.PlaceAsync(OrdersShop.Request(sku, 11));
        Assert.True(placed.RequiresApproval);

        using var answer = await shop.PostAsync($"/orders/{placed.Id}/approval", new ApprovalDecision(true, "beth"));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(OrderStatus.Confirmed, (await shop.SettledAsync(placed.Id)).Status);
        using var late = await shop.PostAsync($"/orders/{placed.Id}/approval", new ApprovalDecision(false, "beth"));
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
    }

    [Fact]
    public async Task An_order_whose_goods_are_gone_when_it_is_to_be_confirmed_is_cancelled_and_gets_its_money_back()
    {
        var sku = await shop.StockAsync(units: 20, price: 1000);
        var placed = await shop.PlaceAsync(OrdersShop.Request(sku, 11));
        await Eventually.TrueAsync(async () => (await shop.StockOfAsync(sku)).Reserved == 11);
        using var released = await shop.Inventory.SendAsync(HttpMethod.Delete, $"/reservations/{placed.Id}");

        using var answer = await shop.PostAsync($"/orders/{placed.Id}/approval", new ApprovalDecision(true, "beth"));

        var order = await shop.SettledAsync(placed.Id);
        Assert.Equal((OrderStatus.Cancelled, "confirm", Problems.ReservationClosed), (order.Status, order.Cancellation?.Step, order.Cancellation?.Code));
        var payment = await shop.Payments.GetAsync<PaymentResponse>($"/payments/{order.Id}");
        Assert.Equal((11_000m, 11_000m), (payment.Charged.Amount, payment.Refunded.Amount));
        Assert.Equal(20, (await shop.StockOfAsync(sku)).OnHand);
    }

    [Fact]
    public async Task The_goods_of_an_order_are_held_for_as_long_as_its_approval_may_take()
    {
        var sku = await shop.StockAsync(units: 20, price: 1000);
        var placed = await shop.PlaceAsync(OrdersShop.Request(sku, 11));
        await Eventually.TrueAsync(async () => (await shop.StockOfAsync(sku)).Reserved == 11);

        var reservation = await shop.Inventory.GetAsync<ReservationResponse>($"/reservations/{placed.Id}");

        Assert.True(reservation.ExpiresAt > placed.CreatedAt.AddHours(24));
    }

    [Fact]
    public async Task A_declined_card_releases_the_stock_and_the_saga_shows_it()
    {
        var sku = await shop.StockAsync(units: 5);

        var order = await shop.SettledAsync((await shop.PlaceAsync(OrdersShop.Request(sku, 2, card: "tok_declined"))).Id);

        Assert.Equal(("charge", Problems.CardDeclined), (order.Cancellation?.Step, order.Cancellation?.Code));
        Assert.Equal(5, (await shop.StockOfAsync(sku)).OnHand);
        await Eventually.TrueAsync(async () => (await SagaAsync(order.Id)) is { RuntimeStatus: "Completed", Status.State: "compensated" });
        Assert.Equal(
            [("reserve", "done"), ("charge", "refused"), ("reserve", "compensated")],
            (await SagaAsync(order.Id)).Status!.Steps.Select(step => (step.Name, step.Outcome)));
    }

    [Fact]
    public async Task A_confirmed_order_cannot_be_cancelled()
    {
        var order = await ConfirmedAsync(await shop.StockAsync(units: 5), 1);

        using var answer = await shop.PostAsync($"/orders/{order.Id}/cancel", new CancelOrder("too late"));

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal(Problems.OrderNotCancellable, (await answer.Content.ReadFromJsonAsync<Problem>(ContractsJson.Options))!.Code);
    }

    [Fact]
    public async Task Returns_at_the_same_time_never_exceed_what_was_sold_and_give_back_all_of_the_money()
    {
        var sku = await shop.StockAsync(units: 10, price: 3.33m);
        var order = await ConfirmedAsync(sku, 3, customer: "pam");

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i =>
            shop.PostAsync($"/orders/{order.Id}/returns", new ReturnOrder([new(sku, 1)]), $"return-{i}")));

        Assert.Equal(3, answers.Count(answer => answer.StatusCode == HttpStatusCode.Accepted));
        Assert.Equal(3, answers.Count(answer => answer.StatusCode == HttpStatusCode.BadRequest));
        await Eventually.TrueAsync(async () => (await shop.OrderAsync(order.Id)).CreditNotes.Count == 3);
        var payment = await shop.Payments.GetAsync<PaymentResponse>($"/payments/{order.Id}");
        Assert.Equal((PaymentStatus.Refunded, order.Total), (payment.Status, payment.Refunded));
        Assert.Equal(10, (await shop.StockOfAsync(sku)).OnHand);
    }

    [Fact]
    public async Task A_return_whose_request_died_after_the_save_is_credited_all_the_same()
    {
        var sku = await shop.StockAsync(units: 5);
        var order = await ConfirmedAsync(sku, 2);

        await shop.Store.ChangeAsync(order.Id, known => known.AcceptReturn("r1", [new(sku, 1)], DateTimeOffset.UtcNow));

        await Eventually.TrueAsync(async () => (await shop.OrderAsync(order.Id)).CreditNotes.Count == 1);
        Assert.Equal(4, (await shop.StockOfAsync(sku)).OnHand);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/saga")]
    public async Task An_unknown_order_is_not_found(string path)
    {
        using var answer = await shop.Orders.Http.GetAsync($"/orders/{Guid.NewGuid()}{path}");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private Task<SagaResponse> SagaAsync(string orderId) => shop.Orders.GetAsync<SagaResponse>($"/orders/{orderId}/saga");

    private async Task<OrderResponse> ConfirmedAsync(string sku, int quantity, string customer = "ann")
    {
        var order = await shop.SettledAsync((await shop.PlaceAsync(OrdersShop.Request(sku, quantity, customer))).Id);
        Assert.Equal(OrderStatus.Confirmed, order.Status);
        return order;
    }
}
