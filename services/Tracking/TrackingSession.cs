using System.Net.WebSockets;
using System.Text.Json;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;
using DaprShop.Tracking.Domain;

namespace DaprShop.Tracking;

/// <summary>
/// One WebSocket: the state first, then each stop as it is made. Shipping is asked whenever an event is missing, so that what the client
/// gets has no gap, whichever replica it is connected to.
/// </summary>
internal sealed class TrackingSession(
    WebSocket socket, FeedHub.Feed feed, Func<CancellationToken, Task<ShipmentResponse>> load, TimeSpan heartbeat, TimeProvider time)
{
    /// <summary>Runs until the client leaves, or the service stops or has no shipping to ask; then says good-bye if somebody is still there.</summary>
    public async Task RunAsync(ShipmentResponse shipment, int after, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var listening = ListenAsync(ending);
        var goingAway = true;
        using (time.CreateTimer(_ => feed.Write(Signal.Heartbeat), null, heartbeat, heartbeat))
        {
            try
            {
                await TellAsync(shipment, after, ending.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or WebSocketException)
            {
                goingAway = stopping.IsCancellationRequested;
            }
            catch (DependencyUnavailableException)
            {
                // The client connects again, and goes on where it was.
            }
        }

        await CloseAsync(goingAway);
        await ending.CancelAsync();
        await listening;
    }

    private async Task TellAsync(ShipmentResponse shipment, int after, CancellationToken cancellationToken)
    {
        var timeline = Timeline.ResumeAfter(after, shipment.Moves ?? []);
        var told = await TellStateAsync(shipment, timeline, cancellationToken);
        await foreach (var signal in feed.ReadAllAsync(cancellationToken))
        {
            if (signal.IsHeartbeat)
            {
                await SendAsync(new TrackingMessage(TrackingMessage.Heartbeat, feed.OrderId, timeline.Seen), cancellationToken);
                continue;
            }

            var progress = signal.Move is { } move ? timeline.Take(move) : Progress.Gap;
            if (progress == Progress.Next)
            {
                await SendAsync(new TrackingMessage(TrackingMessage.Moved, feed.OrderId, timeline.Seen, Moves: [signal.Move!]), cancellationToken);
            }
            else if (progress == Progress.Gap)
            {
                var now = await load(cancellationToken);
                if (now.Status != told || now.Moves?.Any(one => one.OrderSequence > timeline.Seen) == true)
                {
                    told = await TellStateAsync(now, timeline, cancellationToken);
                }
            }
        }
    }

    private async Task<ShipmentStatus> TellStateAsync(ShipmentResponse shipment, Timeline timeline, CancellationToken cancellationToken)
    {
        var moves = timeline.CatchUp(shipment.Moves ?? []);
        await SendAsync(
            new TrackingMessage(TrackingMessage.State, shipment.OrderId, timeline.Seen, shipment.Status, moves), cancellationToken);
        return shipment.Status;
    }

    // What a client says does not matter, but reading shows that it is there, answers its pings and sees it leave.
    private async Task ListenAsync(CancellationTokenSource ending)
    {
        var buffer = new byte[512];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // It is gone without a word.
        }

        await ending.CancelAsync();
    }

    private async Task CloseAsync(bool goingAway)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            return;
        }

        try
        {
            using var patience = new CancellationTokenSource(heartbeat);
            await socket.CloseOutputAsync(
                goingAway ? WebSocketCloseStatus.EndpointUnavailable : WebSocketCloseStatus.NormalClosure, null, patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            socket.Abort();
        }

        if (goingAway)
        {
            socket.Abort();
        }
    }

    private ValueTask SendAsync(TrackingMessage message, CancellationToken cancellationToken) => socket.SendAsync(
        JsonSerializer.SerializeToUtf8Bytes(message, ContractsJson.Options).AsMemory(), WebSocketMessageType.Text, true, cancellationToken);
}
