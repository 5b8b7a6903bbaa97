using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace DaprShop.Sidecar;

/// <summary>
/// One listening socket of a sidecar and the connections accepted on it. All listeners belong to one server, which cannot close
/// one of them: owning the socket is what lets a single sidecar stop.
/// </summary>
internal sealed class SidecarListener : IDisposable
{
    private readonly ConcurrentDictionary<ConnectionContext, TaskCompletionSource> _connections = [];

    private SidecarListener(Sidecar sidecar, HttpProtocols protocols, bool isForMetrics, Socket socket)
    {
        Sidecar = sidecar;
        Protocols = protocols;
        IsForMetrics = isForMetrics;
        Socket = socket;
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    public Sidecar Sidecar { get; }

    public HttpProtocols Protocols { get; }

    /// <summary>Answers Prometheus and nothing else.</summary>
    public bool IsForMetrics { get; }

    /// <summary>Where it listens, with the real port.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Opens the socket. <paramref name="field"/> names the port in messages, as dapr.yaml does.</summary>
    public static SidecarListener Open(
        Sidecar sidecar, IPAddress address, int port, string field, HttpProtocols protocols, bool isForMetrics = false)
    {
        Socket? socket = null;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(address, port));
            // Two sockets may be bound to one port on Linux as long as neither listens: only this tells that it is taken.
            socket.Listen();
            return new SidecarListener(sidecar, protocols, isForMetrics, socket);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw new SidecarStartException($"app {sidecar.AppId}: {field} {port} on {address} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>The socket, for the server to accept from.</summary>
    public Socket Socket { get; }

    /// <summary>Runs a connection, with the sidecar as a feature of every request on it.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        connection.Features.Set(Sidecar);
        connection.Features.Set(this);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections.TryAdd(connection, ended);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            ended.SetResult();
        }
    }

    /// <summary>Takes no new connections and asks the open ones to end after their current requests.</summary>
    public void Close()
    {
        Socket.Dispose();
        foreach (var connection in _connections.Keys)
        {
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
    }

    /// <summary>After <see cref="Close"/>: waits for the open connections to end, then cuts those that have not, such as streams.</summary>
    public async Task DrainAsync(TimeSpan patience)
    {
        try
        {
            await Task.WhenAll(_connections.Values.Select(ended => ended.Task)).WaitAsync(patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            foreach (var connection in _connections.Keys)
            {
                connection.Abort(new ConnectionAbortedException("the sidecar is shut down"));
            }
        }
    }

    public void Dispose() => Socket.Dispose();
}
