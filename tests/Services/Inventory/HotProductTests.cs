using System.Net;
using DaprShop.Contracts;
using DaprShop.Inventory.Domain;

namespace DaprShop.Services.Tests.Inventory;

/// <summary>Everybody wants the same product, and two replicas sell it.</summary>
public sealed class HotProductTests
{
    [Fact]
    public async Task Of_a_thousand_reservations_at_once_none_is_lost_and_none_oversold()
    {
        await using var shop = await Shop.StartAsync(AppIds.Inventory);
        RunningService[] replicas = [shop.Run<Stock>(AppIds.Inventory), shop.Run<Stock>(AppIds.Inventory)];
        await replicas[0].PostAsync<StockResponse>("/inventory/hot/deliveries", new ReceiveDelivery("d1", 500));
        await replicas[1].PostAsync<StockResponse>("/inventory/hot/deliveries", new ReceiveDelivery("d2", 200, "rotterdam"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(async i =>
        {
            using var answer = await replicas[i % 2].SendAsync(HttpMethod.Post, "/reservations", new ReserveStock($"o{i}", [new("hot", 1)]));
            return answer.StatusCode;
        }));

        Assert.Equal(700, answers.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(300, answers.Count(status => status == HttpStatusCode.UnprocessableEntity));
        Assert.Equal(new StockResponse("hot", 700, 0, 700, 0), await replicas[0].GetAsync<StockResponse>("/inventory/hot"));
    }
}
