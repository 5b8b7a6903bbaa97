using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DaprShop.Contracts;
using DaprShop.Operations;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DaprShop.Services.Tests.Operations;

/// <summary>Dead letters of an app that refuses what it gets until it is mended.</summary>
public sealed class DeadLetterTests : IAsyncLifetime
{
    private Shop _shop = null!;
    private RunningService _operations = null!;
    private WebApplication _subscriber = null!;
    private readonly List<string> _taken = [];
    private volatile bool _mended;

    public async Task InitializeAsync()
    {
        _shop = await Shop.StartAsync(AppIds.Operations, AppIds.Analytics);
        _subscriber = StartSubscriber(_shop.Endpoint(AppIds.Analytics).AppPort);
        _operations = _shop.Run<DeadLetterBox>(AppIds.Operations);
        await _shop.WaitForSubscriptionsOfAsync(AppIds.Operations);
        await _shop.WaitForSubscriptionsOfAsync(AppIds.Analytics);
    }

    public async Task DisposeAsync()
    {
        await _shop.DisposeAsync();
        await _subscriber.DisposeAsync();
    }

    [Fact]
    public async Task What_nobody_could_take_is_kept_as_it_was_and_can_be_replayed_when_the_handler_is_mended()
    {
        await PublishAsync(Topics.Orders, "e1");
        var letter = Assert.Single(await LettersAsync(count: 1));
        Assert.Equal((Topics.Orders, "OrderConfirmed", "e1", 1, true), (
            letter.Topic, letter.Type, letter.Event.GetProperty("id").GetString(), letter.Arrivals, letter.IsWaiting));

        _mended = true;
        var replayed = await _operations.PostAsync<DeadLetter>($"/dead-letters/{letter.Id}/replay");

        Assert.False(replayed.IsWaiting);
        await Eventually.TrueAsync(() => Task.FromResult(Taken().SequenceEqual(["e1"])));
        Assert.Equal(1, Assert.Single(await LettersAsync(count: 1)).Arrivals);
    }

    [Fact]
    public async Task A_letter_that_fails_again_comes_back_and_waits_again()
    {
        await PublishAsync(Topics.Orders, "e1");
        await LettersAsync(count: 1);

        Assert.Equal(1, (await _operations.PostAsync<ReplayedDeadLetters>("/dead-letters/replay")).Count);

        await Eventually.TrueAsync(async () => Assert.Single(await LettersAsync(count: 1)) is { Arrivals: 2, IsWaiting: true });
    }

    [Fact]
    public async Task Letters_of_a_topic_are_listed_and_those_discarded_are_gone()
    {
        await PublishAsync(Topics.Orders, "e1");
        await PublishAsync(Topics.Orders, "e2");
        await PublishAsync(Topics.Catalog, "e3");
        await LettersAsync(count: 3);

        var ofCatalog = Assert.Single((await _operations.GetAsync<DeadLetters>("/dead-letters?topic=catalog")).Items);
        using var discarded = await _operations.SendAsync(HttpMethod.Delete, $"/dead-letters/{ofCatalog.Id}");

        Assert.Equal(HttpStatusCode.NoContent, discarded.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _operations.Http.GetAsync($"/dead-letters/{ofCatalog.Id}")).StatusCode);
        Assert.Equal(["e1", "e2"], (await LettersAsync(count: 2)).Select(letter => letter.Event.GetProperty("id").GetString()).Order());
    }

    [Fact]
    public async Task Letters_are_there_after_a_restart()
    {
        await PublishAsync(Topics.Orders, "e1");
        var before = Assert.Single(await LettersAsync(count: 1));
        await _operations.DisposeAsync();

        _operations = _shop.Restart<DeadLetterBox>(AppIds.Operations);

        Assert.Equal(before.Id, Assert.Single(await LettersAsync(count: 1)).Id);
    }

    [Theory]
    [InlineData("/dead-letters?topic=nosuch", "topic")]
    [InlineData("/dead-letters?limit=0", "limit")]
    public async Task Bad_input_is_refused_by_its_field(string path, string field)
    {
        using var response = await _operations.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal([field], (await response.Content.ReadFromJsonAsync<Problem>(ContractsJson.Options))!.Errors!.Keys);
    }

    [Fact]
    public async Task They_are_for_staff_only()
    {
        await using var customer = _operations.As(Callers.Customer("ann"));

        Assert.Equal(HttpStatusCode.Forbidden, (await customer.Http.GetAsync("/dead-letters")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await customer.Http.PostAsync("/dead-letters/replay", null)).StatusCode);
    }

    private WebApplication StartSubscriber(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        string[] topics = [Topics.Orders, Topics.Catalog];
        app.MapGet("/dapr/subscribe", () => topics.Select(topic =>
            new { pubsubname = Topics.PubSub, topic, route = "/take", deadLetterTopic = Topics.DeadLetters(topic) }));
        app.MapPost("/take", Take);
        app.Start();
        return app;
    }

    private EventOutcome Take(JsonElement received)
    {
        if (!_mended)
        {
            return EventOutcome.Dropped;
        }

        lock (_taken)
        {
            _taken.Add(received.GetProperty("id").GetString()!);
        }

        return EventOutcome.Taken;
    }

    private IReadOnlyList<string> Taken()
    {
        lock (_taken)
        {
            return [.. _taken];
        }
    }

    private Task PublishAsync(string topic, string id) => _shop.PublishAsync(
        topic,
        new { specversion = "1.0", id, source = topic, type = "OrderConfirmed", datacontenttype = "application/json", data = new { orderId = "o1" } });

    private async Task<IReadOnlyList<DeadLetter>> LettersAsync(int count)
    {
        IReadOnlyList<DeadLetter> letters = [];
        await Eventually.TrueAsync(async () => (letters = (await _operations.GetAsync<DeadLetters>("/dead-letters")).Items).Count == count);
        return letters;
    }
}
