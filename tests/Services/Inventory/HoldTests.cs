using DaprShop.Contracts;
using DaprShop.Inventory.Domain;

namespace DaprShop.Services.Tests.Inventory;

/// <summary>Reservations end by a durable reminder.</summary>
public sealed class HoldTests : IAsyncLifetime
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(2);

    private Shop _shop = null!;
    private RunningService _inventory = null!;

    public async Task InitializeAsync()
    {
        _shop = await Shop.StartAsync(AppIds.Inventory);
        _inventory = _shop.Run<Stock>(AppIds.Inventory);
        await _inventory.PostAsync<StockResponse>("/inventory/mug/deliveries", new ReceiveDelivery("d1", 10));
    }

    public Task DisposeAsync() => _shop.DisposeAsync().AsTask();

    [Fact]
    public async Task A_reservation_that_nobody_commits_gives_its_goods_back()
    {
        await ReserveAsync("o1", 4, s_soon);
        await ReserveAsync("o2", 3, holdFor: null);

        await OnHandIsAsync(7);

        Assert.Equal(ReservationStatus.Expired, await StatusAsync("o1"));
        Assert.Equal(ReservationStatus.Reserved, await StatusAsync("o2"));
    }

    [Fact]
    public async Task A_reservation_ends_though_the_service_was_killed_meanwhile()
    {
        await ReserveAsync("o1", 4, s_soon);
        await _inventory.DisposeAsync();

        _inventory = _shop.Restart<Stock>(AppIds.Inventory);

        await OnHandIsAsync(10);
    }

    [Fact]
    public async Task A_late_commit_takes_the_goods_if_they_are_still_there_and_is_refused_if_they_are_not()
    {
        await ReserveAsync("o1", 4, s_soon);
        await ReserveAsync("o2", 4, s_soon);
        await OnHandIsAsync(10);
        await ReserveAsync("o3", 5, holdFor: null);

        var late = await _inventory.PostAsync<ReservationResponse>("/reservations/o1/commit");
        var tooLate = await _inventory.RefusedAsync("/reservations/o2/commit");

        Assert.Equal(ReservationStatus.Committed, late.Status);
        Assert.Equal((422, Problems.OutOfStock), (tooLate.Status, tooLate.Code));
        Assert.Equal(new StockResponse("mug", 10, 1, 5, 4), await _inventory.GetAsync<StockResponse>("/inventory/mug"));
    }

    [Fact]
    public async Task Goods_are_not_held_for_ever()
    {
        var problem = await _inventory.RefusedAsync("/reservations", new ReserveStock("o1", [new("mug", 1)], HoldFor: TimeSpan.FromDays(31)));

        Assert.Equal(["holdFor"], problem.Errors!.Keys);
    }

    private Task<ReservationResponse> ReserveAsync(string orderId, int units, TimeSpan? holdFor) =>
        _inventory.PostAsync<ReservationResponse>("/reservations", new ReserveStock(orderId, [new("mug", units)], HoldFor: holdFor));

    private async Task<ReservationStatus> StatusAsync(string orderId) =>
        (await _inventory.GetAsync<ReservationResponse>($"/reservations/{orderId}")).Status;

    private Task OnHandIsAsync(int units) =>
        Eventually.TrueAsync(async () => (await _inventory.GetAsync<StockResponse>("/inventory/mug")).OnHand == units);
}
