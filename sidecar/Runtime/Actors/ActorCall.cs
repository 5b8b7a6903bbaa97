using System.Net.Http.Headers;
using DaprShop.Sidecar.Invocation;

namespace DaprShop.Sidecar.Actors;

/// <summary>A call to an actor, which can be sent again: of a method by a client, or of a timer or reminder by the runtime.</summary>
/// <param name="Actor">The actor.</param>
/// <param name="Path">Path and query at the app, escaped.</param>
/// <param name="Body">The body; JSON unless <paramref name="From"/> tells otherwise.</param>
/// <param name="From">The client's request, for its headers; null is the runtime's own call.</param>
internal sealed record ActorCall(ActorKey Actor, string Path, ReadOnlyMemory<byte> Body, InvocationRequest? From = null)
{
    /// <summary>Ties the calls of a chain together, so that one may enter an actor whose turn the chain holds.</summary>
    public const string ReentrancyHeader = "Dapr-Reentrancy-Id";

    private const string ApiCallHeader = "Dapr-API-Call";

    /// <summary>Asked when the call has its turn: false when it is not to be made any more.</summary>
    public Func<bool> IsWanted { get; init; } = static () => true;

    /// <summary>The chain that the caller says it belongs to; null for a new one.</summary>
    public string? Chain { get; } = From?.Headers[ReentrancyHeader] is [{ Length: > 0 } id, ..] ? id : null;

    /// <summary>The request for the app: always a PUT, whatever the client used.</summary>
    public HttpRequestMessage ToMessage(SidecarOptions host, string? chain)
    {
        var message = new HttpRequestMessage(HttpMethod.Put, new Uri(Path, UriKind.Relative)) { Content = new ReadOnlyMemoryContent(Body) };
        if (From is null)
        {
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        else
        {
            InvocationHeaders.Copy(From, message, host, callee: null, From.TraceParent);
            message.Headers.TryAddWithoutValidation(ApiCallHeader, "true");
        }

        if (chain is not null)
        {
            message.Headers.Remove(ReentrancyHeader);
            message.Headers.TryAddWithoutValidation(ReentrancyHeader, chain);
        }

        return message;
    }
}
