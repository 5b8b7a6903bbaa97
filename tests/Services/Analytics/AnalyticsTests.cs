using System.Net;
using System.Net.Http.Headers;
using System.Text;
using DaprShop.Analytics;
using DaprShop.Contracts;
using DaprShop.Customers.Domain;

namespace DaprShop.Services.Tests.Analytics;

public sealed class AnalyticsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("analytics-");

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task An_event_that_is_delivered_twice_is_counted_once()
    {
        await using var shop = await Shop.StartAsync(AppIds.Analytics);
        var analytics = Run(shop);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => DeliverAsync(analytics, Event("1", "orders"))));
        await DeliverAsync(analytics, Event("1", "orders"));
        await DeliverAsync(analytics, Event("1", "another source"));
        await Task.WhenAll(Enumerable.Range(2, 300).Select(i => DeliverAsync(analytics, Event($"{i}", "orders"))));

        var counted = Assert.Single((await analytics.GetAsync<EventCounts>("/events")).Counts);
        Assert.Equal(new EventCount(Topics.Orders, nameof(OrderCreated), 302), counted);
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_restart()
    {
        await using var shop = await Shop.StartAsync(AppIds.Analytics);
        var analytics = Run(shop);
        await DeliverAsync(analytics, Event("1", "orders"));
        await analytics.DisposeAsync();

        var restarted = Run(shop);

        Assert.Equal(1, Assert.Single((await restarted.GetAsync<EventCounts>("/events")).Counts).Count);
    }

    [Fact]
    public async Task An_event_without_an_id_is_a_dead_letter()
    {
        await using var shop = await Shop.StartAsync(AppIds.Analytics);
        var analytics = Run(shop);

        using var response = await SendAsync(analytics, Event("", "orders"));

        Assert.Contains("DROP", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty((await analytics.GetAsync<EventCounts>("/events")).Counts);
    }

    [Fact]
    public async Task What_another_service_publishes_is_counted()
    {
        await using var shop = await Shop.StartAsync(AppIds.Analytics, AppIds.Customers);
        var analytics = Run(shop);
        var customers = shop.Run<Customer>(AppIds.Customers);
        await shop.WaitForSubscriptionsOfAsync(AppIds.Analytics);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(i =>
            customers.PostAsync<CustomerResponse>("/customers", new RegisterCustomer($"c{i}", $"c{i}@example.org", "Somebody"))));

        await Eventually.TrueAsync(async () =>
            (await analytics.GetAsync<EventCounts>("/events")).Counts.SingleOrDefault() == new EventCount(Topics.Customers, nameof(CustomerRegistered), 10));
    }

    [Fact]
    public async Task An_event_that_is_published_twice_under_one_id_is_counted_once()
    {
        await using var shop = await Shop.StartAsync(AppIds.Analytics, AppIds.Orders);
        var analytics = Run(shop);
        await shop.WaitForSubscriptionsOfAsync(AppIds.Analytics);

        await PublishAsync(shop, Event("1", "orders"));
        await PublishAsync(shop, Event("1", "orders"));
        await PublishAsync(shop, Event("last", "orders"));

        await Eventually.TrueAsync(async () => (await analytics.GetAsync<EventCounts>("/events")).Counts.Sum(count => count.Count) >= 2);
        Assert.Equal(2, Assert.Single((await analytics.GetAsync<EventCounts>("/events")).Counts).Count);
    }

    private static async Task PublishAsync(Shop shop, string cloudEvent)
    {
        using var http = new HttpClient { BaseAddress = shop.Endpoint(AppIds.Orders).HttpEndpoint };
        using var response = await http.PostAsync($"/v1.0/publish/{Topics.PubSub}/{Topics.Orders}", Content(cloudEvent));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private RunningService Run(Shop shop) =>
        shop.Run<RecordedEvent>(AppIds.Analytics, ("ANALYTICS_DB", Path.Combine(_directory.FullName, "analytics.db")));

    private static string Event(string id, string source) =>
        $$"""
        {"id":"{{id}}","source":"{{source}}","specversion":"1.0","type":"OrderCreated","topic":"orders","time":"2026-01-02T03:04:05Z","data":{} }
        """;

    private static async Task DeliverAsync(RunningService analytics, string cloudEvent)
    {
        using var response = await SendAsync(analytics, cloudEvent);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static Task<HttpResponseMessage> SendAsync(RunningService analytics, string cloudEvent) =>
        analytics.Http.PostAsync("/events/orders", Content(cloudEvent));

    private static StringContent Content(string cloudEvent)
    {
        var content = new StringContent(cloudEvent, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/cloudevents+json");
        return content;
    }
}
