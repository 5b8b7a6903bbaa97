using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DaprShop.Benchmarks.Load;

/// <summary>
/// One HTTP/1.1 connection that sends prepared bytes and reads whole answers, on a blocking socket: the load must cost next to
/// nothing on the machine that it shares with what is measured.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 30_000 };
    private readonly byte[] _buffer = new byte[64 * 1024];

    public HttpConnection(int port) => _socket.Connect(IPAddress.Loopback, port);

    /// <summary>Sends the request and gives the answer's body, which is valid until the next call; throws when it is no success.</summary>
    public ReadOnlySpan<byte> Exchange(ReadOnlySpan<byte> request)
    {
        _socket.Send(request);
        var length = 0;
        while (true)
        {
            var count = _socket.Receive(_buffer.AsSpan(length));
            if (count == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            length += count;
            var answer = _buffer.AsSpan(0, length);
            var head = answer.IndexOf("\r\n\r\n"u8);
            if (head >= 0 && TryReadBody(answer[..(head + 2)], answer[(head + 4)..], out var body))
            {
                return answer[9] == '2' ? body : throw new IOException(Encoding.UTF8.GetString(answer));
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool TryReadBody(ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> body)
    {
        var name = "\r\nContent-Length: "u8;
        var at = head.IndexOf(name);
        if (at >= 0 && Utf8Parser.TryParse(head[(at + name.Length)..], out int length, out _))
        {
            body = rest.Length >= length ? rest[..length] : default;
            return rest.Length >= length;
        }

        body = rest;
        return head.IndexOf("\r\nTransfer-Encoding: chunked"u8) < 0 || rest.EndsWith("0\r\n\r\n"u8);
    }
}
