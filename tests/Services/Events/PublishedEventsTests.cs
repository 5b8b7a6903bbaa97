using DaprShop.Analytics;
using DaprShop.CardProvider;
using DaprShop.Catalog.Domain;
using DaprShop.Contracts;
using DaprShop.Payments.Domain;
using DaprShop.Shipping.Domain;

namespace DaprShop.Services.Tests.Events;

/// <summary>What a service stores and what it publishes is one: each change has its event, and a repeated request has none.</summary>
public sealed class PublishedEventsTests : IDisposable
{
    private static readonly MoneyAmount s_price = new(10, "GBP");

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("events-");

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Each_change_is_published_once_however_often_it_is_asked_for()
    {
        await using var shop = await Shop.StartAsync(AppIds.Analytics, AppIds.Catalog, AppIds.Payments, AppIds.Shipping);
        var analytics = shop.Run<RecordedEvent>(AppIds.Analytics, ("DATA_DIR", _directory.FullName));
        var provider = shop.Started(RunningService.Start<Ledger>(Shop.FreePort()));
        var payments = shop.Run<Payment>(AppIds.Payments, ("CARDPROVIDER_URL", provider.Address.ToString()));
        var catalog = shop.Run<Product>(AppIds.Catalog);
        var shipping = shop.Run<Shipment>(AppIds.Shipping);
        await shop.WaitForSubscriptionsOfAsync(AppIds.Analytics);

        for (var time = 0; time < 2; time++)
        {
            await catalog.PostAsync<ProductResponse>("/products", new CreateProduct("mug", "A mug", s_price));
            using var review = await catalog.SendAsync(
                HttpMethod.Post, "/products/mug/reviews", new ReviewProduct(5), (ServiceDefaults.Caller.UserIdHeader, "c1"));
            await shipping.PostAsync<ShipmentResponse>("/shipments", Parcel("o1"));
            await payments.PostAsync<PaymentResponse>("/charges", Charge("o1", "tok_visa"));
            await payments.RefusedAsync("/charges", Charge("o2", "tok_declined"));
        }

        for (var time = 0; time < 2; time++)
        {
            using var price = await catalog.SendAsync(HttpMethod.Put, "/products/mug/price", new ChangePrice(s_price with { Amount = 11 }));
            await catalog.PostAsync<ProductResponse>("/products/mug/discontinuation");
            using var cancelled = await shipping.SendAsync(HttpMethod.Delete, "/shipments/o1");
            await payments.PostAsync<PaymentResponse>("/charges/o1/refunds", new RefundPayment("r1", s_price, "test"));
        }

        EventCount[] expected =
        [
            new(Topics.Catalog, nameof(ProductCreated), 1),
            new(Topics.Catalog, nameof(ProductDiscontinued), 1),
            new(Topics.Catalog, nameof(ProductPriceChanged), 1),
            new(Topics.Catalog, nameof(ProductReviewed), 1),
            new(Topics.Payments, nameof(PaymentCharged), 1),
            new(Topics.Payments, nameof(PaymentDeclined), 1),
            new(Topics.Payments, nameof(PaymentRefunded), 1),
            new(Topics.Shipping, nameof(ShipmentCancelled), 1),
            new(Topics.Shipping, nameof(ShipmentCreated), 1),
        ];
        await Eventually.TrueAsync(async () => (await analytics.GetAsync<EventCounts>("/events")).Counts.Sum(count => count.Count) >= expected.Length);
        Assert.Equal(expected, (await analytics.GetAsync<EventCounts>("/events")).Counts);
    }

    private static ChargePayment Charge(string orderId, string token) => new(orderId, "c1", s_price, new PaymentMethod("card", token));

    private static CreateShipment Parcel(string orderId) =>
        new(orderId, new PostalAddress("1 High Street", "London", "London", "N1 1AA", "GB"), [new("mug", 1)]);
}
