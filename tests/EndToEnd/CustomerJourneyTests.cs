using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DaprShop.Contracts;

namespace DaprShop.EndToEnd.Tests;

/// <summary>One customer's whole way through the shop, by its public door only.</summary>
[Collection(OpenShopCollection.Name)]
public sealed partial class CustomerJourneyTests(OpenShop open)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private readonly Uri _gateway = open.Process.RunFile.App(AppIds.Gateway);

    [Fact]
    public async Task From_registration_to_refund()
    {
        var word = $"w{Guid.NewGuid():N}"[..10];
        var sku = await open.Shopper.StockAsync(units: 5, price: 12.50m, name: $"Teapot {word}");
        using var customer = Shopper.Stranger(_gateway);
        var login = new LogIn($"{word}@example.org", "Correct-Horse-7");

        var user = await RegisterAsync(customer, login);
        await customer.SignInAsync(login);
        var found = await Eventually.IsAsync(
            () => customer.GetAsync<SearchResults>($"/api/search/products?term={word}"), results => results.Total == 1, s_patience);
        Assert.Equal(sku, found.Items[0].Sku);

        var order = await customer.PlaceAsync(Shopper.Order(customer: null!, sku, quantity: 2));
        Assert.Equal((user.Id, 25m), (order.CustomerId, order.Total.Amount));
        Assert.Equal(OrderStatus.Confirmed, (await customer.SettledAsync(order.Id)).Status);

        Assert.Equal(ShipmentStatus.Delivered, await FollowAsync(customer, order.Id));
        await Eventually.IsAsync(() => customer.GetAsync<OrderResponse>($"/api/orders/{order.Id}"), now => now.Status == OrderStatus.Delivered, s_patience);

        using var sentBack = await customer.PostAsync($"/api/orders/{order.Id}/returns", new ReturnOrder([new OrderLineRequest(sku, 1)]), Shopper.NewKey());
        Assert.Equal(HttpStatusCode.Accepted, sentBack.StatusCode);
        var returned = await Eventually.IsAsync(
            () => customer.GetAsync<OrderResponse>($"/api/orders/{order.Id}"), now => now.CreditNotes.Count == 1, s_patience);
        Assert.Equal(12.50m, returned.CreditNotes[0].Amount.Amount);
        Assert.Equal(12.50m, await customer.MoneyHeldAsync(order.Id));
        Assert.Equal((4, 1), (await open.Shopper.StockOfAsync(sku)) is var stock ? (stock.OnHand, stock.Shipped) : default);
    }

    private async Task<UserResponse> RegisterAsync(Shopper customer, LogIn login)
    {
        using var registered = await customer.PostAsync("/api/users", new RegisterUser(login.Email, "Wanda Walker", login.Password));
        Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
        var user = JsonSerializer.Deserialize<UserResponse>(await registered.Content.ReadAsStringAsync(), ContractsJson.Options)!;
        Assert.Equal("verify-email", user.NextStep);
        using (var early = await customer.PostAsync("/api/sessions", login))
        {
            Assert.Equal(HttpStatusCode.Forbidden, early.StatusCode);
        }

        if (await TokenAsync(login.Email) is { } token)
        {
            await customer.SucceedAsync(HttpMethod.Post, "/api/users/verification", new VerifyEmail(token));
        }
        else
        {
            await open.Shopper.SucceedAsync(HttpMethod.Post, $"/api/users/{user.Id}/verification", new { });
        }

        await Eventually.HoldsAsync(
            async () => (await open.Shopper.Http.GetAsync($"/api/customers/{user.Id}")).IsSuccessStatusCode, s_patience, () => "No customer");
        return user;
    }

    // Where Node.js is missing there are no messages, and staff verifies.
    private async Task<string?> TokenAsync(string email)
    {
        using var probe = await open.Shopper.Http.GetAsync("/api/operations/messages");
        if (!probe.IsSuccessStatusCode)
        {
            return null;
        }

        string? token = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                var messages = await open.Shopper.GetAsync<JsonObject>($"/api/operations/messages?to={Uri.EscapeDataString(email)}");
                var asked = messages["items"]!.AsArray().FirstOrDefault(message => (string?)message!["type"] == nameof(VerificationRequested));
                token = asked is null ? null : OneWord().Match((string)asked["text"]!).Value.Trim();
                return token is not null;
            },
            s_patience,
            () => "No message with a token");
        return token;
    }

    /// <summary>Watches the parcel over a WebSocket until it has arrived.</summary>
    private async Task<ShipmentStatus?> FollowAsync(Shopper customer, string orderId)
    {
        var token = customer.Http.DefaultRequestHeaders.Authorization!.Parameter;
        using var patience = new CancellationTokenSource(s_patience);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{_gateway.Port}/api/tracking/{orderId}?access_token={token}"), patience.Token);
        var buffer = new byte[64 * 1024];
        ShipmentStatus? last = null;
        while (last != ShipmentStatus.Delivered)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), patience.Token);
                length += part.Count;
            }
            while (!part.EndOfMessage);

            if (part.MessageType == WebSocketMessageType.Close)
            {
                break;
            }

            var message = JsonSerializer.Deserialize<TrackingMessage>(Encoding.UTF8.GetString(buffer, 0, length), ContractsJson.Options)!;
            last = message.Status ?? (message.Moves is [.., var stop] ? stop.Status : last);
        }

        return last;
    }

    // The token stands on a line of its own.
    [GeneratedRegex(@"^\S{16,}$", RegexOptions.Multiline)]
    private static partial Regex OneWord();
}
