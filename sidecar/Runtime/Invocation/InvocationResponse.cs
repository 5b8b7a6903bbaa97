namespace DaprShop.Sidecar.Invocation;

/// <summary>
/// The app's answer: its headers are here, its body is still arriving. Disposing it ends the call: the app's slot is free again
/// and nothing reads the request any more.
/// </summary>
internal sealed class InvocationResponse(HttpResponseMessage message, InvocationBody body, AppChannel? app) : IAsyncDisposable
{
    public HttpResponseMessage Message => message;

    public int Status => (int)message.StatusCode;

    public ValueTask DisposeAsync()
    {
        message.Dispose();
        app?.Leave();
        return body.StopAsync();
    }
}
