using DaprShop.Inventory.Domain;

namespace DaprShop.Inventory;

/// <summary>The section <c>Inventory</c> of the configuration.</summary>
public sealed class InventoryOptions
{
    /// <summary>How long goods are held for an order that does not say how long it needs.</summary>
    public TimeSpan HoldFor { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>With fewer units on hand than this a product runs low.</summary>
    public int RestockThreshold { get; set; } = 20;

    /// <summary>So many units should be on hand after the supplier delivered.</summary>
    public int RestockTarget { get; set; } = 100;

    public RestockPolicy Restocking => new(RestockThreshold, RestockTarget);
}
