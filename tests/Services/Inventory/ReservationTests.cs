using System.Net;
using DaprShop.Contracts;
using DaprShop.Inventory.Domain;

namespace DaprShop.Services.Tests.Inventory;

public sealed class ReservationTests : IAsyncLifetime
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
    public async Task Two_hundred_orders_for_one_product_oversell_nothing_and_lose_none()
    {
        await DeliverAsync("hot", 400);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => TryReserveAsync(_inventory, $"o{i}", ("hot", 3))));

        Assert.Equal(133, answers.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(67, answers.Count(status => status == HttpStatusCode.UnprocessableEntity));
        Assert.Equal(new StockResponse("hot", 400, 1, 399, 0), await StockAsync("hot"));
    }

    [Fact]
    public async Task Two_replicas_that_sell_one_product_do_not_oversell_it()
    {
        var other = _shop.Run<Stock>(AppIds.Inventory);
        await DeliverAsync("hot", 100);

        var answers = await Task.WhenAll(Enumerable.Range(0, 120).Select(i =>
            TryReserveAsync(i % 2 == 0 ? _inventory : other, $"o{i}", ("hot", 1))));

        Assert.Equal(100, answers.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(20, answers.Count(status => status == HttpStatusCode.UnprocessableEntity));
        Assert.Equal(new StockResponse("hot", 100, 0, 100, 0), await StockAsync("hot"));
    }

    [Fact]
    public async Task An_order_of_675_lines_is_reserved_as_a_whole()
    {
        OrderLineRequest[] lines = [.. Enumerable.Range(0, 675).Select(i => new OrderLineRequest($"sku-{i}", 2))];
        await Task.WhenAll(lines.Select(line => DeliverAsync(line.Sku, 3)));

        var reservation = await _inventory.PostAsync<ReservationResponse>("/reservations", new ReserveStock("large", lines));

        Assert.Equal(675, reservation.Lines.Count);
        Assert.Equal(new StockResponse("sku-674", 3, 1, 2, 0), await StockAsync("sku-674"));
    }

    [Fact]
    public async Task A_refusal_names_what_is_missing_and_stays_a_refusal()
    {
        await DeliverAsync("mug", 5);
        var order = new ReserveStock("o1", [new("mug", 2), new("cup", 1)]);

        var refusal = await _inventory.RefusedAsync("/reservations", order);
        await DeliverAsync("cup", 5);
        var again = await _inventory.RefusedAsync("/reservations", order);

        Assert.Equal((422, Problems.OutOfStock), (refusal.Status, refusal.Code));
        Assert.Equal("cup: 1 wanted, 0 there", refusal.Detail);
        Assert.Equal((again.Status, again.Code, again.Detail), (refusal.Status, refusal.Code, refusal.Detail));
        Assert.Equal(5, (await StockAsync("mug")).OnHand);
    }

    [Fact]
    public async Task A_reservation_is_made_once_however_often_it_is_asked_for()
    {
        await DeliverAsync("mug", 10);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ReserveAsync("o1", ("mug", 2))));

        Assert.Equal(new StockResponse("mug", 10, 8, 2, 0), await StockAsync("mug"));
    }

    [Fact]
    public async Task Goods_leave_and_come_back()
    {
        await DeliverAsync("mug", 10);
        await ReserveAsync("o1", ("mug", 4));

        var committed = await _inventory.PostAsync<ReservationResponse>("/reservations/o1/commit");
        Assert.Equal(ReservationStatus.Committed, committed.Status);
        Assert.Equal(new StockResponse("mug", 10, 6, 0, 4), await StockAsync("mug"));

        await _inventory.PostAsync<ReservationResponse>("/reservations/o1/returns", new ReturnStock("r1", [new("mug", 3)]));
        await _inventory.PostAsync<ReservationResponse>("/reservations/o1/returns", new ReturnStock("r1", [new("mug", 3)]));
        Assert.Equal(new StockResponse("mug", 10, 9, 0, 1), await StockAsync("mug"));

        var excess = await _inventory.RefusedAsync("/reservations/o1/returns", new ReturnStock("r2", [new("mug", 2)]));
        Assert.Equal((422, Problems.OrderNotReturnable), (excess.Status, excess.Code));
    }

    [Fact]
    public async Task A_release_gives_the_goods_back_and_a_commit_after_it_is_refused()
    {
        await DeliverAsync("mug", 10);
        await ReserveAsync("o1", ("mug", 4));

        await ReleaseAsync("o1");
        await ReleaseAsync("o1");

        Assert.Equal(10, (await StockAsync("mug")).OnHand);
        Assert.Equal(Problems.ReservationClosed, (await _inventory.RefusedAsync("/reservations/o1/commit")).Code);
    }

    [Fact]
    public async Task A_request_that_was_overtaken_by_its_release_takes_no_stock()
    {
        await DeliverAsync("mug", 10);

        await ReleaseAsync("o1");
        var late = await _inventory.RefusedAsync("/reservations", new ReserveStock("o1", [new("mug", 4)]));

        Assert.Equal((409, Problems.ReservationClosed), (late.Status, late.Code));
        Assert.Equal(10, (await StockAsync("mug")).OnHand);
    }

    [Fact]
    public async Task A_delivery_is_counted_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => DeliverAsync("mug", 10)));

        Assert.Equal(10, (await StockAsync("mug")).Received);
        var other = await _inventory.RefusedAsync("/inventory/mug/deliveries", new ReceiveDelivery("d1", 11));
        Assert.Equal((409, Problems.IdempotencyKeyReused), (other.Status, other.Code));
    }

    [Fact]
    public async Task Bad_input_is_refused_field_by_field()
    {
        var problem = await _inventory.RefusedAsync("/reservations", new ReserveStock("", [new("a b", 1), new("mug", 0)]));

        Assert.Equal(400, problem.Status);
        Assert.Equal(["lines[0].sku", "lines[1].quantity", "orderId"], problem.Errors!.Keys.Order());
    }

    [Fact]
    public async Task What_does_not_exist_is_not_found()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await _inventory.Http.GetAsync("/inventory/nothing")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _inventory.Http.GetAsync("/reservations/nobody")).StatusCode);
        Assert.Equal(404, (await _inventory.RefusedAsync("/reservations/nobody/commit")).Status);
    }

    [Fact]
    public async Task Without_its_sidecar_it_says_so_and_claims_nothing()
    {
        await _shop.StopSidecarsAsync();

        var problem = await _inventory.RefusedAsync("/reservations", new ReserveStock("o1", [new("mug", 1)]));

        Assert.Equal((503, Problems.DependencyUnavailable), (problem.Status, problem.Code));
        Assert.NotNull(problem.RetryAfter);
    }

    private Task<StockResponse> StockAsync(string sku) => _inventory.GetAsync<StockResponse>($"/inventory/{sku}");

    private Task<StockResponse> DeliverAsync(string sku, int units) =>
        _inventory.PostAsync<StockResponse>($"/inventory/{sku}/deliveries", new ReceiveDelivery("d1", units));

    private Task<ReservationResponse> ReserveAsync(string orderId, params (string Sku, int Units)[] lines) =>
        _inventory.PostAsync<ReservationResponse>("/reservations", Request(orderId, lines));

    private async Task ReleaseAsync(string orderId)
    {
        using var response = await _inventory.SendAsync(HttpMethod.Delete, $"/reservations/{orderId}");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private static async Task<HttpStatusCode> TryReserveAsync(RunningService inventory, string orderId, params (string Sku, int Units)[] lines)
    {
        using var response = await inventory.SendAsync(HttpMethod.Post, "/reservations", Request(orderId, lines));
        return response.StatusCode;
    }

    private static ReserveStock Request(string orderId, (string Sku, int Units)[] lines) =>
        new(orderId, [.. lines.Select(line => new OrderLineRequest(line.Sku, line.Units))]);
}
