using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace DaprShop.Benchmarks.Load;

/// <summary>A request as bytes; where its text has <see cref="NumberMark"/>, each sending writes a number of its own.</summary>
internal sealed class HttpRequestBytes
{
    public const string NumberMark = "##########";

    private readonly byte[] _bytes;
    private readonly int _mark;

    public HttpRequestBytes(string method, string path, string body = "", string? bearer = null)
    {
        var head = body.Length == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        var authorization = bearer is null ? "" : $"Authorization: Bearer {bearer}\r\n";
        _bytes = Encoding.UTF8.GetBytes($"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{authorization}{head}\r\n{body}");
        _mark = _bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(NumberMark));
    }

    private HttpRequestBytes(HttpRequestBytes other) => (_bytes, _mark) = ([.. other._bytes], other._mark);

    /// <summary>A copy for another connection: the number is written in place.</summary>
    public HttpRequestBytes Copy() => new(this);

    public ReadOnlySpan<byte> WithNumber(int number)
    {
        if (_mark >= 0)
        {
            Utf8Formatter.TryFormat(number, _bytes.AsSpan(_mark, NumberMark.Length), out _, new('D', (byte)NumberMark.Length));
        }

        return _bytes;
    }
}
