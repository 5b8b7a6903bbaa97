using System.IO.Pipelines;

namespace DaprShop.Sidecar.Invocation;

/// <summary>A request's body: none, bytes that can be sent again, or a stream that can be read once.</summary>
internal sealed class InvocationBody
{
    private readonly PipeReader? _reader;
    private readonly long? _length;
    private ReadOnlyMemory<byte> _bytes;
    private bool _buffered;
    private Func<Task>? _stop;

    private InvocationBody(PipeReader? reader, long? length)
    {
        _reader = reader;
        _length = length;
        _buffered = reader is null;
    }

    public static InvocationBody None { get; } = new(null, null);

    public static InvocationBody Of(ReadOnlyMemory<byte> bytes) => new(null, bytes.Length) { _bytes = bytes };

    /// <summary>A body still to be read; a null <paramref name="length"/> is one that ends when it ends (chunked).</summary>
    public static InvocationBody Of(PipeReader reader, long? length) => new(reader, length);

    /// <summary>False for a body without a known length: such a request is sent once, whatever comes of it.</summary>
    public bool CanBeRepeated => _buffered || _length is not null;

    /// <summary>Reads the body, so that it can be sent more than once.</summary>
    public async Task BufferAsync(CancellationToken cancellationToken)
    {
        if (_buffered)
        {
            return;
        }

        var bytes = new byte[_length!.Value];
        await _reader!.AsStream(leaveOpen: true).ReadExactlyAsync(bytes, cancellationToken);
        _bytes = bytes;
        _buffered = true;
    }

    /// <summary>The body for one attempt; null when there is none.</summary>
    public HttpContent? ToContent()
    {
        if (_buffered)
        {
            return _length is null ? null : new ReadOnlyMemoryContent(_bytes);
        }

        var content = new PipeContent(_reader!, _length);
        _stop = content.StopAsync;
        return content;
    }

    /// <summary>Completes when nothing reads from the caller any more; its connection may then serve another request.</summary>
    public ValueTask StopAsync() => _stop is null ? ValueTask.CompletedTask : new ValueTask(_stop());
}
