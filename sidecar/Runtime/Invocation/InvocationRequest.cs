using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Invocation;

/// <summary>A call to an app as its caller made it.</summary>
internal sealed class InvocationRequest
{
    /// <summary>App id, <c>id.namespace</c>, or an http(s) URL.</summary>
    public required string Target { get; init; }

    /// <summary>The HTTP method.</summary>
    public required string Verb { get; init; }

    /// <summary>Cleaned and escaped, beginning with a slash.</summary>
    public required string Path { get; init; }

    /// <summary>Empty, or beginning with a question mark.</summary>
    public string Query { get; init; } = "";

    /// <summary>The caller's headers, all of them: what must not travel is left out on the way.</summary>
    public required IHeaderDictionary Headers { get; init; }

    public required InvocationBody Body { get; init; }

    /// <summary>The traceparent that the callee is to see instead of the caller's; null leaves the headers as they are.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The app that calls, when another process' sidecar passes its call on; null when it is this sidecar's own.</summary>
    public string? Caller { get; init; }

    /// <summary>A call of one of the app's own gRPC services: the app must speak gRPC, and its status comes in the trailers.</summary>
    public bool IsGrpc { get; init; }
}
