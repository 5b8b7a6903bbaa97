using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Http;

/// <summary>
/// A request body that fails with status 413 once it is longer than <paramref name="limit"/>, before its first byte when that is
/// known (<paramref name="tooLong"/>). The rest of it is read all the same, up to twice the limit: most clients send all before
/// they look at an answer, and the server's own limit, which closes the connection, would lose it.
/// </summary>
internal sealed class LimitedBody(Stream body, long limit, bool tooLong) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!tooLong)
        {
            var count = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            _read += count;
            if (_read <= limit)
            {
                return count;
            }
        }

        await DrainAsync(cancellationToken).ConfigureAwait(false);
        throw new BadHttpRequestException(BodyLimit.TooLarge, StatusCodes.Status413PayloadTooLarge);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        var rest = new byte[16 * 1024];
        for (var count = 1; count > 0 && _read <= 2 * limit; _read += count)
        {
            count = await body.ReadAsync(rest, cancellationToken).ConfigureAwait(false);
        }
    }
}
