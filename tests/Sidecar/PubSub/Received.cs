using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Tests.PubSub;

/// <summary>What an app of a test was sent, in the order of arrival; tests wait for what they expect.</summary>
internal sealed class Received
{
    private readonly ConcurrentQueue<Delivery> _deliveries = new();
    private readonly SemaphoreSlim _arrived = new(0);

    public IReadOnlyList<Delivery> All => [.. _deliveries];

    public void Add(Delivery delivery)
    {
        _deliveries.Enqueue(delivery);
        _arrived.Release();
    }

    /// <summary>Waits until so many have come, then gives all there are.</summary>
    public Task<IReadOnlyList<Delivery>> AtLeastAsync(int count) => UntilAsync(all => all.Count >= count);

    public async Task<IReadOnlyList<Delivery>> UntilAsync(Func<IReadOnlyList<Delivery>, bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition(All))
        {
            await _arrived.WaitAsync(timeout.Token);
        }

        return All;
    }

    public async Task<Delivery> SingleAsync() => Assert.Single(await AtLeastAsync(1));
}

internal sealed record Delivery(string Path, JsonElement Event, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The data, where it is a text.</summary>
    public string? Text => Event.GetProperty("data").GetString();

    public string? Attribute(string name) => Event.TryGetProperty(name, out var value) ? value.GetString() : null;
}

internal static class Subscriber
{
    /// <summary>
    /// Maps a route that records what it is sent, waits for <paramref name="work"/> and gives the answers of
    /// <paramref name="answer"/> (default: 200).
    /// </summary>
    public static void Take(
        this WebApplication app, string path, Received received, Func<Delivery, IResult>? answer = null, Func<Delivery, Task>? work = null) =>
        app.MapPost(path, async (HttpRequest request) =>
        {
            var body = await request.ReadFromJsonAsync<JsonElement>();
            var delivery = new Delivery(path, body, request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()));
            received.Add(delivery);
            await (work?.Invoke(delivery) ?? Task.CompletedTask).WaitAsync(request.HttpContext.RequestAborted);
            return answer?.Invoke(delivery) ?? Results.Ok();
        });

    /// <summary>Announces subscriptions as plain JSON.</summary>
    public static void Announce(this WebApplication app, params object[] subscriptions) =>
        app.MapGet("/dapr/subscribe", () => Results.Json(subscriptions));

    public static object To(string topic, string route, string? deadLetterTopic = null, string pubSub = "pubsub", object? metadata = null) =>
        new { pubsubname = pubSub, topic, route, deadLetterTopic, metadata };
}
