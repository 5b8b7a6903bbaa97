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
    private readonly ConcurrentDictionary<ConnectionContext, bool> _connections = [];
    private readonly Socket _socket;

    private SidecarListener(Sidecar sidecar, HttpProtocols protocols, Socket socket)
    {
        Sidecar = sidecar;
        Protocols = protocols;
        _socket = socket;
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    public Sidecar Sidecar { get; }

    public HttpProtocols Protocols { get; }

    /// <summary>Where it listens, with the real port.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Opens the socket. <paramref name="field"/> names the port in messages, as dapr.yaml does.</summary>
    public static SidecarListener Open(Sidecar sidecar, IPAddress address, int port, string field, HttpProtocols protocols)
    {
        Socket? socket = null;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(address, port));
            // Two sockets may be bound to one port on Linux as long as neither listens: only this tells that it is taken.
            socket.Listen();
            return new SidecarListener(sidecar, protocols, socket);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw new SidecarStartException($"app {sidecar.AppId}: {field} {port} on {address} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>The socket, for the server to accept from.</summary>
    public Socket Accept() => _socket;

    /// <summary>Runs a connection, with the sidecar as a feature of every request on it.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        connection.Features.Set(Sidecar);
        _connections.TryAdd(connection, true);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            _connections.TryRemove(connection, out _);
        }
    }

    /// <summary>Takes no new connections and asks the open ones to end after their current requests.</summary>
    public void Close()
    {
        _socket.Dispose();
        foreach (var connection in _connections.Keys)
        {
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
    }

    public void Dispose() => _socket.Dispose();
}
