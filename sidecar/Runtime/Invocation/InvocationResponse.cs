using Grpc.Core;

namespace DaprShop.Sidecar.Invocation;

/// <summary>
/// The app's answer: its headers are here, its body is still arriving. Disposing it ends the call: the app's slot is free again
/// and nothing reads the request any more.
/// </summary>
internal sealed class InvocationResponse(HttpResponseMessage message, InvocationBody body, AppChannel? app) : IAsyncDisposable
{
    public HttpResponseMessage Message => message;

    public int Status => (int)message.StatusCode;

    /// <summary>The refusal of an app whose method was called by gRPC; null when it answered, or speaks HTTP.</summary>
    public RpcException? Refusal { get; init; }

    /// <summary>What policies judge by: a gRPC app says in <c>grpc-status</c> that a call failed, its HTTP status is 200 then too.</summary>
    public int Outcome =>
        Refusal is not null ? (int)Refusal.StatusCode
        : message.Headers.NonValidated.TryGetValues("grpc-status", out var values) && int.TryParse(values.ToString(), out var status) ? status : Status;

    public ValueTask DisposeAsync()
    {
        message.Dispose();
        app?.Leave();
        return body.StopAsync();
    }
}
