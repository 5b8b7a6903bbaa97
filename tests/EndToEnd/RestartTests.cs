using DaprShop.Contracts;

namespace DaprShop.EndToEnd.Tests;

/// <summary>What was accepted is finished, whatever was killed meanwhile.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task Orders_under_way_at_kill_9_are_finished_after_the_restart()
    {
        await using var shop = new ShopProcess();
        await shop.StartAsync();
        using var shopper = await Shopper.StaffAsync(shop.RunFile.App("gateway"));
        var sku = await shopper.StockAsync(units: 1000);
        var customer = await shopper.RegisterAsync();
        var orders = await Task.WhenAll(Enumerable.Range(0, 30).Select(i =>
            shopper.PlaceAsync(Shopper.Order(customer, sku, 2, cardToken: i % 5 == 0 ? "tok_declined" : "tok_visa"))));

        await shop.KillAsync();
        await shop.StartAsync();

        var settled = await Task.WhenAll(orders.Select(order => shopper.SettledAsync(order.Id)));
        var confirmed = settled.Count(order => order.Status != OrderStatus.Cancelled);
        Assert.Equal(24, confirmed);
        foreach (var order in settled)
        {
            Assert.Equal(order.Invoice?.Amount.Amount ?? 0, await shopper.MoneyHeldAsync(order.Id));
        }

        var stock = await Eventually.IsAsync(() => shopper.StockOfAsync(sku), stock => stock.Reserved == 0);
        Assert.Equal(new StockResponse(sku, 1000, 1000 - (2 * confirmed), 0, 2 * confirmed), stock);
    }

    [Fact]
    public async Task Ctrl_C_ends_the_shop_without_an_error()
    {
        await using var shop = new ShopProcess();
        await shop.StartAsync();

        Assert.Equal(0, await shop.StopAsync());
    }
}
