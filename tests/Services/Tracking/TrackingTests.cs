using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using DaprShop.Contracts;
using DaprShop.Services.Tests.Shipping;
using DaprShop.Shipping.Domain;
using DaprShop.Tracking.Domain;

namespace DaprShop.Services.Tests.Tracking;

/// <summary>Two replicas of tracking, each with a sidecar of its own.</summary>
public sealed class TrackingTests : IAsyncLifetime
{
    // A client of the tests answers pings only while it reads.
    private const string Patient = "00:00:10";
    private const string Lively = "00:00:02";
    private const string Hasty = "00:00:00.500";

    private static readonly int[] s_allStops = [.. Enumerable.Range(1, 2 * RoutePlan.Length)];

    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(60));
    private Shop _shop = null!;
    private RunningService _shipping = null!;
    private RunningService[] _replicas = null!;

    public async Task InitializeAsync()
    {
        _shop = await Shop.StartAsync(AppIds.Shipping, AppIds.Tracking, AppIds.Tracking);
        _shipping = _shop.Run<Shipment>(AppIds.Shipping, ("Shipping:DeliveryTime", "00:00:02"));
    }

    public async Task DisposeAsync()
    {
        await _shop.DisposeAsync();
        _patience.Dispose();
    }

    [Fact]
    public async Task Whoever_is_connected_to_either_replica_sees_the_state_and_then_every_stop_once_and_in_order()
    {
        await TrackAsync(Patient);
        await Parcels.CreateAsync(_shipping, "o1");
        using var one = await ConnectAsync(_replicas[0], "o1");
        using var other = await ConnectAsync(_replicas[1], "o1");
        Assert.Equal((TrackingMessage.State, 0, ShipmentStatus.Created), Essence(await ReceiveAsync(one)));
        Assert.Equal((TrackingMessage.State, 0, ShipmentStatus.Created), Essence(await ReceiveAsync(other)));

        await Parcels.ConfirmAsync(_shop, "o1");

        Assert.All(await Task.WhenAll(StopsAsync(one), StopsAsync(other)), stops => Assert.Equal(s_allStops, stops));
    }

    [Fact]
    public async Task A_client_that_connects_again_to_another_replica_goes_on_where_it_was()
    {
        await TrackAsync(Patient);
        await Parcels.CreateAsync(_shipping, "o1");
        var stops = new List<int>();
        using (var first = await ConnectAsync(_replicas[0], "o1"))
        {
            await Parcels.ConfirmAsync(_shop, "o1");
            while (stops.Count < 3)
            {
                stops.AddRange(SequencesOf(await ReceiveAsync(first)));
            }

            first.Abort();
        }

        using var second = await ConnectAsync(_replicas[1], "o1", after: stops[^1]);
        stops.AddRange(await StopsAsync(second));

        Assert.Equal(s_allStops, stops);
    }

    [Fact]
    public async Task Without_a_WebSocket_the_state_is_the_answer()
    {
        await TrackAsync(Patient);
        await Parcels.CreateAsync(_shipping, "o1");
        await Parcels.ConfirmAsync(_shop, "o1");
        TrackingMessage state = null!;
        await Eventually.TrueAsync(async () => (state = await StateAsync("o1", "ann")).Status == ShipmentStatus.Delivered);

        Assert.Equal(s_allStops, state.Moves!.Select(move => move.OrderSequence));
        Assert.Equal(s_allStops[^1], state.Sequence);
    }

    [Fact]
    public async Task An_order_is_followed_by_its_owner_and_by_staff_and_is_not_there_for_others()
    {
        await TrackAsync(Patient);
        await Parcels.CreateAsync(_shipping, "o1");

        using var staff = await ConnectAsync(_replicas[0], "o1", user: "beth", roles: "customer,staff");
        Assert.Equal(TrackingMessage.State, (await ReceiveAsync(staff)).Type);
        Assert.Equal(HttpStatusCode.NotFound, await RefusalAsync("o1", "carl"));
        Assert.Equal(HttpStatusCode.NotFound, await RefusalAsync("o1", null));
        Assert.Equal(HttpStatusCode.NotFound, await RefusalAsync("nothing", "ann"));
    }

    [Fact]
    public async Task A_client_gets_signs_of_life()
    {
        await TrackAsync(Lively);
        await Parcels.CreateAsync(_shipping, "o1");
        using var socket = await ConnectAsync(_replicas[0], "o1");

        Assert.Equal(TrackingMessage.State, (await ReceiveAsync(socket)).Type);
        Assert.Equal(TrackingMessage.Heartbeat, (await ReceiveAsync(socket)).Type);
        Assert.Equal(TrackingMessage.Heartbeat, (await ReceiveAsync(socket)).Type);
    }

    [Fact]
    public async Task A_client_that_gives_no_sign_of_life_is_dropped()
    {
        await TrackAsync(Hasty);
        await Parcels.CreateAsync(_shipping, "o1");
        using var peer = new TcpClient();
        await peer.ConnectAsync("127.0.0.1", _replicas[0].Address.Port);
        var stream = peer.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "GET /tracking/o1 HTTP/1.1\r\nHost: localhost\r\nX-User-Id: ann\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));

        // It reads and never answers a ping, so it must come to the end of the stream.
        var received = await ReadToEndAsync(stream);

        Assert.StartsWith("HTTP/1.1 101", received, StringComparison.Ordinal);
        Assert.Contains("\"state\"", received, StringComparison.Ordinal);
    }

    private async Task TrackAsync(string heartbeat)
    {
        _replicas = [.. Enumerable.Range(0, 2).Select(_ => _shop.Run<Timeline>(AppIds.Tracking, ("Tracking:Heartbeat", heartbeat)))];
        await _shop.Dapr.WaitUntilReadyAsync();
    }

    private async Task<string> ReadToEndAsync(NetworkStream stream)
    {
        var received = new MemoryStream();
        try
        {
            await stream.CopyToAsync(received, _patience.Token);
        }
        catch (IOException)
        {
            // A reset ends it as well.
        }

        return Encoding.Latin1.GetString(received.ToArray());
    }

    private async Task<ClientWebSocket> ConnectAsync(
        RunningService replica, string orderId, int? after = null, string? user = "ann", string roles = "customer")
    {
        var socket = new ClientWebSocket();
        if (user is not null)
        {
            socket.Options.SetRequestHeader("X-User-Id", user);
            socket.Options.SetRequestHeader("X-User-Roles", roles);
        }

        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{replica.Address.Port}/tracking/{orderId}?after={after ?? 0}"), _patience.Token);
            return socket;
        }
        catch (WebSocketException refused)
        {
            refused.Data["status"] = socket.HttpStatusCode;
            socket.Dispose();
            throw;
        }
    }

    private async Task<HttpStatusCode> RefusalAsync(string orderId, string? user)
    {
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(_replicas[0], orderId, user: user));
        return (HttpStatusCode)refused.Data["status"]!;
    }

    private async Task<TrackingMessage> StateAsync(string orderId, string user)
    {
        using var browser = new HttpClient { BaseAddress = _replicas[0].Address };
        browser.DefaultRequestHeaders.Add("X-User-Id", user);
        return (await browser.GetFromJsonAsync<TrackingMessage>($"/tracking/{orderId}", ContractsJson.Options))!;
    }

    private async Task<TrackingMessage> ReceiveAsync(ClientWebSocket socket)
    {
        var message = new MemoryStream();
        var buffer = new byte[8192];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer.AsMemory(), _patience.Token);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonSerializer.Deserialize<TrackingMessage>(message.ToArray(), ContractsJson.Options)!;
    }

    // Until the last one.
    private async Task<List<int>> StopsAsync(ClientWebSocket socket)
    {
        var stops = new List<int>();
        while (stops.LastOrDefault() != s_allStops[^1])
        {
            stops.AddRange(SequencesOf(await ReceiveAsync(socket)));
        }

        return stops;
    }

    private static IEnumerable<int> SequencesOf(TrackingMessage message) => (message.Moves ?? []).Select(move => move.OrderSequence);

    private static (string, int, ShipmentStatus?) Essence(TrackingMessage message) => (message.Type, message.Sequence, message.Status);
}
