namespace DaprShop.Sidecar.Bindings;

/// <summary>A call of an output binding. Names of metadata keep their case: it tells headers from settings.</summary>
internal sealed record BindingRequest(string Operation, ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Metadata);

/// <summary>What an output binding answered.</summary>
internal sealed record BindingResponse(byte[] Data, IReadOnlyDictionary<string, string> Metadata);

/// <summary>An output binding did not succeed; what its target answered all the same goes along.</summary>
internal sealed class BindingFailedException(string message, IReadOnlyDictionary<string, string>? answer, Exception? inner = null)
    : Exception(message, inner)
{
    public IReadOnlyDictionary<string, string>? Answer => answer;
}
