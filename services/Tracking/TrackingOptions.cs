namespace DaprShop.Tracking;

/// <summary>The section <c>Tracking</c> of the configuration.</summary>
public sealed class TrackingOptions
{
    /// <summary>How often a client gets a sign of life and has to give one. Who gives none for three of them is dropped.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(5);
}
