using System.Net;
using System.Net.Sockets;

namespace DaprShop.Tests;

/// <summary>
/// Ports that nobody listens on, each given once. They lie below the range that the system takes outgoing connections from, so
/// that none is taken by chance between its choice and its use.
/// </summary>
internal static class FreePorts
{
    private const int First = 12_000;
    private const int Last = 32_000;

    private static int s_last = Random.Shared.Next(First, Last);

    public static int Next()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref s_last) % (Last - First));
            if (IsFree(port))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
