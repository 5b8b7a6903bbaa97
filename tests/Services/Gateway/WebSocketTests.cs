using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using DaprShop.Contracts;

namespace DaprShop.Services.Tests.Gateway;

public sealed class WebSocketTests(EdgeShop shop) : IClassFixture<EdgeShop>
{
    [Fact]
    public async Task A_browser_follows_its_parcel_with_the_token_in_the_query()
    {
        var heard = await HearAsync($"/api/tracking/o-1?since=4&access_token={shop.Issuer.Customer("ann")}");

        Assert.Equal(("/tracking/o-1", "?since=4"), (heard.Path, heard.Query));
        Assert.Equal(("ann", "customer"), (heard.Headers["x-user-id"], heard.Headers["x-user-roles"]));
        Assert.Equal("app-token", heard.Headers["dapr-api-token"]);
        Assert.DoesNotContain(heard.Headers.Values, value => value.Contains("eyJ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_replicas_of_tracking_take_turns()
    {
        List<string> instances = [];
        for (var i = 0; i < 6; i++)
        {
            instances.Add((await HearAsync("/api/tracking/o-1", shop.Issuer.Customer("ann"))).Instance);
        }

        Assert.Equal([3, 3], instances.CountBy(instance => instance).Select(count => count.Value));
    }

    [Theory]
    [InlineData("/api/tracking/o-1")]
    [InlineData("/api/tracking/o-1?access_token=guess.guess.guess")]
    public async Task Without_a_good_token_there_is_no_socket(string path)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(AddressOf(path), CancellationToken.None));

        Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
    }

    [Fact]
    public async Task Elsewhere_a_token_in_the_query_counts_for_nothing_and_goes_nowhere()
    {
        var query = $"access_token={shop.Issuer.Customer("ann")}";

        using var orders = await shop.GetAsync($"/api/orders/1?{query}", token: null);
        using var products = await shop.GetAsync($"/api/products?limit=1&{query}", token: null);

        Assert.Equal(HttpStatusCode.Unauthorized, orders.StatusCode);
        Assert.Equal("?limit=1", (await EdgeShop.HeardAsync(products)).Query);
    }

    private async Task<Heard> HearAsync(string path, string? token = null)
    {
        using var socket = new ClientWebSocket();
        if (token is not null)
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        }

        await socket.ConnectAsync(AddressOf(path), CancellationToken.None);
        var buffer = new byte[16 * 1024];
        var length = 0;
        while (await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None) is { EndOfMessage: var end, Count: var count })
        {
            length += count;
            if (end)
            {
                break;
            }
        }

        return JsonSerializer.Deserialize<Heard>(buffer.AsSpan(0, length), ContractsJson.Options)!;
    }

    private Uri AddressOf(string path) => new($"ws://{shop.Gateway.Address.Authority}{path}");
}
