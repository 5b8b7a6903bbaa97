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

    private async Task<PurchaseProposalResponse[]> ProposalsAsync() => await _inventory.GetAsync<PurchaseProposalResponse[]>("/inventory/restocking");

    private Task<StockResponse> DeliverAsync(string sku, string id, int units) =>
        _inventory.PostAsync<StockResponse>($"/inventory/{sku}/deliveries", new ReceiveDelivery(id, units));

    private Task<ReservationResponse> ReserveAsync(string orderId) =>
        _inventory.PostAsync<ReservationResponse>("/reservations", new ReserveStock(orderId, [new("MUG-STONE", 1)]));
}
