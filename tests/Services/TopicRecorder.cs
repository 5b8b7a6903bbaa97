using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using DaprShop.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DaprShop.Services.Tests;

/// <summary>An app that hears one topic and keeps what it heard, told apart by id: what is delivered twice counts once.</summary>
internal sealed class TopicRecorder : IAsyncDisposable
{
    public const string AppId = "listener";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, CloudEvent> _heard = new();
    private int _deliveries;

    private TopicRecorder(WebApplication app) => _app = app;

    /// <summary>Starts on the sidecar of the shop's app <see cref="AppId"/>.</summary>
    public static async Task<TopicRecorder> StartAsync(Shop shop, string topic)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, shop.Endpoint(AppId).AppPort));
        var listener = new TopicRecorder(builder.Build());
        listener._app.MapGet("/dapr/subscribe", () => Results.Json(new[] { new { pubsubname = Topics.PubSub, topic, route = "/heard" } }));
        listener._app.MapPost("/heard", async (HttpRequest request) =>
        {
            var heard = (await JsonSerializer.DeserializeAsync<CloudEvent>(request.Body, ContractsJson.Options))!;
            listener._heard[heard.Id] = heard;
            Interlocked.Increment(ref listener._deliveries);
        });
        await listener._app.StartAsync();
        await shop.WaitForSubscriptionsOfAsync(AppId);
        return shop.Started(listener);
    }

    /// <summary>How many events were delivered, each time counted.</summary>
    public int Deliveries => Volatile.Read(ref _deliveries);

    public IReadOnlyList<T> Heard<T>() =>
        [.. _heard.Values.Where(one => one.Type == typeof(T).Name).Select(one => one.Data.Deserialize<T>(ContractsJson.Options)!)];

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed record CloudEvent(string Id, string Type, JsonElement Data);
}
