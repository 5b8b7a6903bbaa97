using System.Text.Json;
using DaprShop.Sidecar.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Tests.PubSub;

public sealed class BulkSubscribeTests
{
    private readonly Received _received = new();

    [Fact]
    public async Task Messages_come_together_and_only_the_failed_ones_come_again_and_end_as_dead_letters()
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("shop")
        {
            Components = [TestComponents.Component("pubsub", "pubsub.redis")],
            Resiliency =
            [
                new ResiliencySpec
                {
                    Retries = new Dictionary<string, RetrySpec> { ["again"] = new() { Duration = TimeSpan.FromMilliseconds(10), MaxRetries = 1 } },
                    Inbound = new Dictionary<string, TargetSpec> { ["pubsub"] = new TargetSpec(null, "again", null) },
                },
            ],
            Routes = app =>
            {
                app.Announce(
                    new
                    {
                        pubsubname = "pubsub",
                        topic = "orders",
                        route = "/orders",
                        deadLetterTopic = "dead",
                        bulkSubscribe = new { enabled = true, maxMessagesCount = 3, maxAwaitDurationMs = 5000 },
                    },
                    Subscriber.To("dead", "/dead"));
                app.Take("/orders", _received, delivery => Results.Json(new { statuses = Entries(delivery).Select(Answer) }));
                app.Take("/dead", _received);
            },
        });
        const string body = """
            [{"entryId":"1","event":"good","contentType":"text/plain"},
             {"entryId":"2","event":"bad","contentType":"text/plain"},
             {"entryId":"3","event":"drop","contentType":"text/plain"}]
            """;
        using var content = new StringContent(body);
        using var response = await dapr.Http("shop").PostAsync(new Uri("/v1.0/publish/bulk/pubsub/orders", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();

        var received = await _received.UntilAsync(all => all.Count(delivery => delivery.Path == "/dead") == 2);
        var batches = received.Where(delivery => delivery.Path == "/orders").ToList();
        Assert.Equal("com.dapr.event.sent.bulk", batches[0].Attribute("type"));
        Assert.Equal("application/json", batches[0].Headers["content-type"]);
        Assert.Equal(["good", "bad", "drop"], Entries(batches[0]).Select(Text));
        Assert.Equal(["bad"], Entries(batches[1]).Select(Text));
        Assert.Equal(2, batches.Count);
        Assert.Equal(["bad", "drop"], received.Where(delivery => delivery.Path == "/dead").Select(delivery => delivery.Text).Order());
    }

    private static JsonElement[] Entries(Delivery delivery) => [.. delivery.Event.GetProperty("entries").EnumerateArray()];

    private static string Text(JsonElement entry) => entry.GetProperty("event").GetProperty("data").GetString()!;

    private static object Answer(JsonElement entry) => new
    {
        entryId = entry.GetProperty("entryId").GetString(),
        status = Text(entry) switch { "good" => "SUCCESS", "drop" => "DROP", _ => "RETRY" },
    };
}
