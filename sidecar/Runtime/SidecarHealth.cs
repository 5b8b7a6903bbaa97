namespace DaprShop.Sidecar;

/// <summary>What /v1.0/healthz and /v1.0/healthz/outbound answer from.</summary>
internal sealed class SidecarHealth
{
    /// <summary>Components and API servers are up; the app may not be yet.</summary>
    public bool OutboundReady { get; set; }

    /// <summary>The app was found, its subscriptions were read: everything works.</summary>
    public bool Ready { get; set; }
}
