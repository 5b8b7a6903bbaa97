using System.Net.Http.Json;
using DaprShop.Contracts;

namespace DaprShop.Services.Tests.Orders;

[Collection(nameof(SharedOrdersShop))]
public sealed class PendingPaymentTests(OrdersShop shop) : IAsyncLifetime
{
    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => shop.SetCardFaultsAsync(new CardFaults(0, 0));

    [Fact]
    public async Task An_order_whose_card_provider_is_down_waits_and_is_fulfilled_once_it_is_up()
    {
        var sku = await shop.StockAsync(units: 5);
        await shop.SetCardFaultsAsync(new CardFaults(0, 0, Down: true));
        var order = await shop.PlaceAsync(OrdersShop.Request(sku, 1));
        await Eventually.TrueAsync(async () => (await SagaAsync(order.Id)).Status is { Step: "charge", Detail: not null });
        Assert.Equal(OrderStatus.Pending, (await shop.OrderAsync(order.Id)).Status);

        await shop.SetCardFaultsAsync(new CardFaults(0, 0));

        Assert.Equal(OrderStatus.Confirmed, (await shop.SettledAsync(order.Id)).Status);
        Assert.Equal(PaymentStatus.Charged, (await shop.Payments.GetAsync<PaymentResponse>($"/payments/{order.Id}")).Status);
    }

    [Fact]
    public async Task A_return_whose_refund_is_refused_is_credited_once_staff_has_settled_it()
    {
        var sku = await shop.StockAsync(units: 5);
        var order = await shop.SettledAsync((await shop.PlaceAsync(OrdersShop.Request(sku, 2))).Id);
        await shop.SetCardFaultsAsync(new CardFaults(0, 0, RefuseRefunds: true));
        using var accepted = await shop.PostAsync($"/orders/{order.Id}/returns", new ReturnOrder([new(sku, 1)]), "r1");
        await Eventually.TrueAsync(async () => (await ReturnSagaAsync(order.Id))?.Status?.Detail?.StartsWith("needs an operator", StringComparison.Ordinal) == true);
        Assert.Empty((await shop.OrderAsync(order.Id)).CreditNotes);

        using var settled = await shop.Payments.SendAsync(
            HttpMethod.Post, $"/payments/{order.Id}/refunds/r1/settlement", new SettleRefund("by bank transfer"),
            Callers.Staff);

        Assert.True(settled.IsSuccessStatusCode);
        await Eventually.TrueAsync(async () => (await shop.OrderAsync(order.Id)).CreditNotes.Count == 1);
        Assert.Equal(10, (await shop.Payments.GetAsync<PaymentResponse>($"/payments/{order.Id}")).Refunded.Amount);
    }

    private Task<SagaResponse> SagaAsync(string orderId) => shop.Orders.GetAsync<SagaResponse>($"/orders/{orderId}/saga");

    private async Task<SagaResponse?> ReturnSagaAsync(string orderId)
    {
        using var answer = await shop.Orders.SendAsync(
            HttpMethod.Get, $"/orders/{orderId}/returns/r1/saga", null, Callers.Customer("ann"));
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<SagaResponse>(ContractsJson.Options) : null;
    }
}
