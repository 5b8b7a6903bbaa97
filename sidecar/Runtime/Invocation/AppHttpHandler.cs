using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace DaprShop.Sidecar.Invocation;

/// <summary>The HTTP client below a proxy: it passes on what it gets and adds nothing of its own.</summary>
internal static class AppHttpHandler
{
    [SuppressMessage("Security", "CA5359", Justification = "As Dapr: an app's certificate is not checked by its own sidecar, on the same host.")]
    public static SocketsHttpHandler Create(bool checkCertificates = false) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        // Trace context is the sidecar's own business; the client must not write it.
        ActivityHeadersPropagator = null,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        // Node's HTTP server hangs up after 5 s of silence: a request must not meet a connection that is just being closed.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(4),
        SslOptions = { RemoteCertificateValidationCallback = checkCertificates ? null : (_, _, _, _) => true },
    };
}
