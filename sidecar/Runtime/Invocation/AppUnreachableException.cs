namespace DaprShop.Sidecar.Invocation;

/// <summary>The app does not take the connection, so it has not seen the request: it may be sent again, whatever it is.</summary>
internal sealed class AppUnreachableException(string appId, Exception inner)
    : Exception($"rpc error: code = Unavailable desc = connection to app {appId} failed: {inner.Message}", inner);
