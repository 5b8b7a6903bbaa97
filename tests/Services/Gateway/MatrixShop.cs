using System.Net.Http.Json;
using DaprShop.Contracts;
using DaprShop.Services.Tests.Orders;

namespace DaprShop.Services.Tests.Gateway;

/// <summary>The shop with two customers, one of whom has an order.</summary>
public sealed class MatrixShop : IAsyncLifetime
{
    internal OrdersShop Shop { get; } = new();

    internal (string Id, string Token) Owner { get; private set; }

    internal (string Id, string Token) Other { get; private set; }

    internal string Sku { get; private set; } = "";

    private string Order { get; set; } = "";

    public async Task InitializeAsync()
    {
        await Shop.InitializeAsync();
        Owner = await Shop.SignUpAsync("owner");
        Other = await Shop.SignUpAsync("other");
        Sku = await Shop.StockAsync(units: 100);
        Order = (await PlaceAsync(Owner.Token, OrdersShop.Request(Sku, 20, Owner.Id), OrdersShop.NewKey())).Id;
        Assert.Equal(OrderStatus.Confirmed, (await Shop.SettledAsync(Order)).Status);
    }

    public Task DisposeAsync() => Shop.DisposeAsync();

    internal string Fill(string text) => text
        .Replace("{order}", Order, StringComparison.Ordinal)
        .Replace("{owner}", Owner.Id, StringComparison.Ordinal)
        .Replace("{sku}", Sku, StringComparison.Ordinal);

    internal async Task<OrderResponse> PlaceAsync(string token, PlaceOrder request, string key)
    {
        using var answer = await Shop.Gateway.SendAsync(
            HttpMethod.Post, "/api/orders", request, ("Idempotency-Key", key), ("Authorization", $"Bearer {token}"));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<OrderResponse>(ContractsJson.Options))!;
    }
}
