using Dapr.AppCallback.Autogen.Grpc.v1;

namespace DaprShop.Sidecar.Tests.AppCallbacks;

/// <summary>Health probes of an app that speaks gRPC: AppCallbackHealthCheck.</summary>
public sealed class HealthCallbackTests
{
    [Fact]
    public async Task Events_wait_while_the_health_check_fails()
    {
        var app = new CallbackApp();
        app.Subscriptions.Add(new TopicSubscription { PubsubName = "pubsub", Topic = "orders" });
        var shop = app.As("shop");
        await using var dapr = await SidecarFixture.StartAsync(shop with
        {
            Components = [TestComponents.Component("pubsub", "pubsub.redis")],
            Configure = options => shop.Configure(options) with
            {
                AppHealth = new AppHealthOptions { Interval = TimeSpan.FromMilliseconds(20), Timeout = TimeSpan.FromSeconds(5), Threshold = 1 },
            },
        });
        using var client = dapr.Client("shop");

        // Before the first probe it is not well either; a probe on its way would find it well once more.
        await Eventually.TrueAsync(() => InvocationWorksAsync(dapr));
        app.IsHealthy = false;
        await Eventually.TrueAsync(async () => !await InvocationWorksAsync(dapr));

        await client.PublishEventAsync("pubsub", "orders", 1);
        await Eventually.TrueAsync(async () => !await InvocationWorksAsync(dapr));
        Assert.Empty(app.Calls<TopicEventRequest>());
        app.IsHealthy = true;

        Assert.Equal("1", (await app.AtLeastAsync<TopicEventRequest>(1))[0].Data.ToStringUtf8());
    }

    // An app that is not well is not invoked: by that its health shows.
    private static async Task<bool> InvocationWorksAsync(SidecarFixture dapr)
    {
        using var response = await dapr.Http("shop").GetAsync(new Uri("/v1.0/invoke/shop/method/any", UriKind.Relative));
        return response.IsSuccessStatusCode;
    }
}
