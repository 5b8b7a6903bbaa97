using System.Collections.Concurrent;
using System.Text.Json;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace DaprShop.Services.Tests.Events;

/// <summary>An app that subscribes to one topic and keeps what it hears.</summary>
internal sealed class TopicListener : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, CloudEvent<JsonElement>> _heard = [];
    private readonly WebApplication _app;

    private TopicListener(int port, string topic)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddServiceDefaults("listener");
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        _app = builder.Build();
        _app.MapTopic(topic, (CloudEvent<JsonElement> heard) => _heard[heard.Id] = heard);
    }

    /// <summary>Starts it as the app of that id, which must be one of the shop's, and waits until it hears.</summary>
    public static async Task<TopicListener> StartAsync(Shop shop, string appId, string topic)
    {
        var listener = shop.Started(new TopicListener(shop.Endpoint(appId).AppPort, topic));
        await listener._app.StartAsync();
        await shop.WaitForSubscriptionsOfAsync(appId);
        return listener;
    }

    public IReadOnlyList<CloudEvent<T>> Heard<T>() =>
    [
        .. _heard.Values.Where(heard => heard.Type == typeof(T).Name).Select(heard =>
            new CloudEvent<T>(heard.Id, heard.Type, heard.Source, heard.Topic, heard.Time, heard.Data.Deserialize<T>(ContractsJson.Options)!)),
    ];

    /// <summary>Waits for an event that the rule holds of.</summary>
    public async Task<T> HearAsync<T>(Func<T, bool> rule)
        where T : class
    {
        T? found = null;
        await Eventually.TrueAsync(() =>
        {
            found = Heard<T>().Select(heard => heard.Data).FirstOrDefault(rule);
            return Task.FromResult(found is not null);
        });
        return found!;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
