using DaprShop.Shipping.Domain;

namespace DaprShop.Shipping;

/// <summary>The section <c>Shipping</c> of the configuration.</summary>
public sealed class ShippingOptions
{
    /// <summary>How long a parcel is on its way; a demo's patience, not a carrier's days.</summary>
    public TimeSpan DeliveryTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The time from one stop to the next.</summary>
    public TimeSpan Pace => DeliveryTime / RoutePlan.Length;
}
