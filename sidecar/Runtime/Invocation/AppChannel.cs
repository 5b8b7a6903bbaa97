namespace DaprShop.Sidecar.Invocation;

/// <summary>The sidecar's connection to its app: every call of invocation, pub/sub delivery and workflow call-backs goes through it.</summary>
internal sealed class AppChannel(SidecarOptions options, ILoggerFactory loggers)
{
    /// <summary>False when the app has no port: nothing can be delivered to it.</summary>
    public bool Exists => options.AppPort > 0;

    /// <summary>The app answered its port and, where probes are on, its last probes.</summary>
    public bool IsHealthy => throw new NotImplementedException(loggers.ToString());

    /// <summary>Waits until the app's port accepts connections (dialled every 100 ms, for ever).</summary>
    public Task WaitForPortAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Completes when the app takes deliveries: at once while <see cref="IsHealthy"/>, else with its next healthy probe or open port.</summary>
    public Task WaitUntilHealthyAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>
    /// Sends a request with a relative URI to the app; streaming both ways, no redirects followed, the app token added,
    /// at most <see cref="SidecarOptions.AppMaxConcurrency"/> in flight. The response's headers are read, its body is not.
    /// </summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
