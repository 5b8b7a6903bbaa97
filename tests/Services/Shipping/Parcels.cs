using DaprShop.Contracts;

namespace DaprShop.Services.Tests.Shipping;

/// <summary>What orders does with shipping: a shipment of two parcels for ann, and its order's confirmation.</summary>
internal static class Parcels
{
    public static Task<ShipmentResponse> CreateAsync(RunningService shipping, string orderId) => shipping.PostAsync<ShipmentResponse>(
        "/shipments",
        new CreateShipment(
            orderId,
            new PostalAddress("1 High Street", "London", "London", "N1 1AA", "GB"),
            [new("mug", 2), new("cup", 1)],
            "ann",
            [
                new("coventry", "Coventry", "GB", 52.37, -1.48, [new("mug", 2)]),
                new("rotterdam", "Rotterdam", "NL", 51.89, 4.42, [new("cup", 1)]),
            ]));

    /// <summary>By an event on the topic of orders.</summary>
    public static async Task ConfirmAsync(Shop shop, string orderId)
    {
        await shop.WaitForSubscriptionsOfAsync(AppIds.Shipping);
        await shop.PublishAsync(
            Topics.Orders, new OrderConfirmed(orderId, "ann", $"INV-{orderId}", new MoneyAmount(10, "GBP"), DateTimeOffset.UtcNow));
    }

    public static Task<ShipmentResponse> FindAsync(RunningService shipping, string orderId) =>
        shipping.GetAsync<ShipmentResponse>($"/shipments/{orderId}");
}
