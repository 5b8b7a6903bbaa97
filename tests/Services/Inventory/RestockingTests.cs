using DaprShop.Contracts;
using DaprShop.Inventory.Domain;

namespace DaprShop.Services.Tests.Inventory;

public sealed class RestockingTests : IAsyncLifetime
{
    private Shop _shop = null!;
    private RunningService _inventory = null!;
    private TopicRecorder _topic = null!;

    public async Task InitializeAsync()
    {
        _shop = await Shop.StartAsync(AppIds.Inventory, TopicRecorder.AppId);
        _inventory = _shop.Run<Stock>(AppIds.Inventory);
        _topic = await TopicRecorder.StartAsync(_shop, Topics.Inventory);
    }

    public Task DisposeAsync() => _shop.DisposeAsync().AsTask();

    [Fact]
    public async Task A_shortage_is_proposed_to_the_supplier_once_until_a_delivery_comes()
    {
        await DeliverAsync("MUG-STONE", "d1", 25);
        await DeliverAsync("other", "d1", 25);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => ReserveAsync($"o{i}")));

        var open = Assert.Single(await ProposalsAsync());
        Assert.Equal(("MUG-STONE", "Stoke Potteries"), (open.Sku, open.Supplier));
        await Eventually.TrueAsync(() => Task.FromResult(_topic.Heard<PurchaseProposed>().Count == 1 && _topic.Heard<StockRanLow>().Count == 1));

        await DeliverAsync("MUG-STONE", "d2", open.Units);
        Assert.Empty(await ProposalsAsync());
        await Eventually.TrueAsync(() => Task.FromResult(_topic.Heard<PurchaseClosed>().Count == 1));
        Assert.Equal(open.ProposalId, _topic.Heard<PurchaseClosed>()[0].ProposalId);
        Assert.Single(_topic.Heard<PurchaseProposed>());
    }

    [Fact]
    public async Task What_runs_low_while_others_are_announced_is_announced_once()
    {
        string[] skus = [.. Enumerable.Range(0, 60).Select(i => $"sku-{i}")];
        await Task.WhenAll(skus.Select(sku => DeliverAsync(sku, "d1", 25)));

        await Task.WhenAll(skus.Select(sku => ReserveAsync($"of-{sku}", sku, 10)));
        await Eventually.TrueAsync(() => Task.FromResult(_topic.Heard<PurchaseProposed>().Count == skus.Length && _topic.Heard<StockRanLow>().Count == skus.Length));

        // One more, so that nothing is on its way any longer.
        await DeliverAsync("MUG-STONE", "d1", 25);
        await ReserveAsync("last", "MUG-STONE", 10);
        await Eventually.TrueAsync(() => Task.FromResult(_topic.Heard<PurchaseProposed>().Any(proposed => proposed.Sku == "MUG-STONE")));
        Assert.Equal(_topic.Heard<PurchaseProposed>().Count + _topic.Heard<StockRanLow>().Count, _topic.Deliveries);
    }

    private async Task<PurchaseProposalResponse[]> ProposalsAsync() => await _inventory.GetAsync<PurchaseProposalResponse[]>("/inventory/restocking");

    private Task<StockResponse> DeliverAsync(string sku, string id, int units) =>
        _inventory.PostAsync<StockResponse>($"/inventory/{sku}/deliveries", new ReceiveDelivery(id, units));

    private Task<ReservationResponse> ReserveAsync(string orderId, string sku = "MUG-STONE", int quantity = 1) =>
        _inventory.PostAsync<ReservationResponse>("/reservations", new ReserveStock(orderId, [new(sku, quantity)]));
}
