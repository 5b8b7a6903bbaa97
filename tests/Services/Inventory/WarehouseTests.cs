using DaprShop.Contracts;
using DaprShop.Inventory.Domain;

namespace DaprShop.Services.Tests.Inventory;

public sealed class WarehouseTests : IAsyncLifetime
{
    private Shop _shop = null!;
    private RunningService _inventory = null!;

    public async Task InitializeAsync()
    {
        _shop = await Shop.StartAsync(AppIds.Inventory);
        _inventory = _shop.Run<Stock>(AppIds.Inventory);
    }

    public Task DisposeAsync() => _shop.DisposeAsync().AsTask();

    [Fact]
    public async Task An_order_is_picked_near_its_address_and_split_where_no_warehouse_has_all()
    {
        await DeliverAsync("mug", 10, null);
        await DeliverAsync("mug", 10, "rotterdam");
        await DeliverAsync("cup", 10, "indianapolis");

        var near = await ReserveAsync("o1", "NL", new OrderLineRequest("mug", 2));
        var split = await ReserveAsync("o2", "NL", new OrderLineRequest("mug", 2), new OrderLineRequest("cup", 1));

        Assert.Equal("rotterdam", Assert.Single(near.Picks!).Warehouse);
        Assert.Equal(["rotterdam", "indianapolis"], split.Picks!.Select(pick => pick.Warehouse));
        Assert.Equal(
            [new("coventry", 10, 10, 0, 0), new("rotterdam", 10, 6, 4, 0)],
            (await _inventory.GetAsync<WarehouseStock[]>("/inventory/mug/warehouses")).OrderBy(shelf => shelf.Warehouse));
    }

    [Fact]
    public async Task Deliveries_go_to_a_warehouse_that_there_is()
    {
        var problem = await _inventory.RefusedAsync("/inventory/mug/deliveries", new ReceiveDelivery("d1", 1, "atlantis"));

        Assert.Equal(["is one of coventry, rotterdam, indianapolis"], problem.Errors!["warehouse"]);
        Assert.Equal(3, (await _inventory.GetAsync<WarehouseResponse[]>("/warehouses")).Length);
    }

    private Task<StockResponse> DeliverAsync(string sku, int units, string? warehouse) => _inventory.PostAsync<StockResponse>(
        $"/inventory/{sku}/deliveries", new ReceiveDelivery($"d-{warehouse}", units, warehouse));

    private Task<ReservationResponse> ReserveAsync(string orderId, string country, params OrderLineRequest[] lines) =>
        _inventory.PostAsync<ReservationResponse>("/reservations", new ReserveStock(orderId, lines, new("1 Street", "City", "State", "1", country)));
}
