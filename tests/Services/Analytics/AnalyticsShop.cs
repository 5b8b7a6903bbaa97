using System.Net.Http.Json;
using System.Text.Json;
using DaprShop.Analytics;
using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.Services.Tests.Analytics;

/// <summary>Analytics over a database of its own, and its sidecar.</summary>
internal sealed class AnalyticsShop : IAsyncDisposable
{
    private readonly (string Name, string Value)[] _settings;

    private AnalyticsShop(Shop shop, (string Name, string Value)[] settings) => (Shop, _settings) = (shop, settings);

    public Shop Shop { get; }

    public RunningService Service { get; private set; } = null!;

    /// <summary>Another replica over the same database.</summary>
    public RunningService OtherService { get; private set; } = null!;

    public static async Task<AnalyticsShop> StartAsync((string Name, string Value)[] settings, int replicas = 1)
    {
        var shop = new AnalyticsShop(await Shop.StartAsync([.. Enumerable.Repeat(AppIds.Analytics, replicas)]), settings);
        shop.Service = shop.Run();
        if (replicas > 1)
        {
            shop.OtherService = shop.Run();
        }

        return shop;
    }

    public async Task RestartAsync()
    {
        await Service.DisposeAsync();
        Service = Shop.Restart<RecordedEvent>(AppIds.Analytics, _settings);
    }

    /// <summary>Asks as staff does.</summary>
    public async Task<T> GetAsync<T>(string path)
    {
        using var response = await Service.SendAsync(HttpMethod.Get, path, null, Callers.Staff);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync<T>(ContractsJson.Options))!;
    }

    public async Task<IReadOnlyList<SalesFigures>> TotalsAsync() => (await GetAsync<SalesTotals>("/analytics/sales/total")).Totals;

    public async Task<IReadOnlyList<EventCount>> CountsAsync() => (await GetAsync<EventCounts>("/events")).Counts;

    /// <summary>Delivers events of orders in one batch, as the sidecar does, and returns the answer for each.</summary>
    public Task<IReadOnlyList<string>> DeliverAsync(params DomainEvent[] happened) =>
        DeliverAsync(Service, [.. happened.Select(one => Event(Guid.NewGuid().ToString(), one))]);

    public static async Task<IReadOnlyList<string>> DeliverAsync(RunningService to, params object[] events)
    {
        using var response = await SendAsync(to, Topics.Orders, events);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        var statuses = answer.GetProperty("statuses").EnumerateArray()
            .ToDictionary(status => status.GetProperty("entryId").GetString()!, status => status.GetProperty("status").GetString()!);
        return [.. events.Select((_, i) => statuses[$"entry-{i}"])];
    }

    public static Task<HttpResponseMessage> SendAsync(RunningService to, string topic, params object[] events) =>
        to.SendAsync(HttpMethod.Post, $"/events/{topic}", new
        {
            id = Guid.NewGuid(),
            entries = events.Select((one, i) => new { entryId = $"entry-{i}", @event = one, contentType = "application/cloudevents+json" }),
            topic,
            pubsubname = Topics.PubSub,
            type = "com.dapr.event.sent.bulk",
        });

    public static object Event(string id, DomainEvent happened, string source = AppIds.Orders) =>
        Event(id, source, happened.GetType().Name, JsonSerializer.SerializeToElement(happened, happened.GetType(), ContractsJson.Options));

    public static object Event(string id, string source, string type, object data) =>
        new { id, source, specversion = "1.0", type, time = "2026-01-02T03:04:05Z", data };

    public ValueTask DisposeAsync() => Shop.DisposeAsync();

    private RunningService Run() => Shop.Run<RecordedEvent>(AppIds.Analytics, _settings);
}
