using DaprShop.Sidecar.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Tests.PubSub;

/// <summary>What an app's answers do to a message: acknowledged, tried again, dropped, moved to the dead letters.</summary>
public sealed class DeliveryTests
{
    private readonly Received _received = new();

    [Theory]
    [InlineData(200, "")]
    [InlineData(204, "")]
    [InlineData(201, "fine")]
    [InlineData(200, "{\"status\":\"SUCCESS\"}")]
    [InlineData(200, "{\"status\":\"\"}")]
    [InlineData(200, "{\"other\":1}")]
    [InlineData(200, "{\"status\":1}")]
    public async Task An_acknowledged_message_is_delivered_once(int status, string answer)
    {
        await using var dapr = await StartAsync(Retry(2), _ => Results.Text(answer, statusCode: status));
        await PublishAsync(dapr, "orders", "1");
        await PublishAsync(dapr, "orders", "2");
        await _received.AtLeastAsync(2);
        Assert.Empty(await DeadLettersAfterMarkerAsync(dapr));
        Assert.Equal(2, Sent("/orders").Count);
    }

    [Theory]
    [InlineData(200, "{\"status\":\"RETRY\"}")]
    [InlineData(200, "{\"status\":\"MAYBE\"}")]
    [InlineData(500, "")]
    [InlineData(400, "")]
    [InlineData(302, "")]
    public async Task A_failed_message_is_tried_again_and_then_a_dead_letter(int status, string answer)
    {
        await using var dapr = await StartAsync(Retry(2), _ => Results.Text(answer, statusCode: status));
        await PublishAsync(dapr, "orders", "1");
        var dead = Assert.Single(await DeadLettersAfterMarkerAsync(dapr, expected: 1));
        var tries = Sent("/orders");
        Assert.Equal(3, tries.Count);
        Assert.Equal(tries[0].Event.GetRawText(), dead.Event.GetRawText());
    }

    [Fact]
    public async Task A_message_that_succeeds_at_last_is_no_dead_letter()
    {
        var tries = 0;
        await using var dapr = await StartAsync(Retry(2), _ => Results.StatusCode(Interlocked.Increment(ref tries) < 3 ? 500 : 200));
        await PublishAsync(dapr, "orders", "1");
        await _received.AtLeastAsync(3);
        Assert.Empty(await DeadLettersAfterMarkerAsync(dapr));
    }

    [Theory]
    [InlineData(200, "{\"status\":\"DROP\"}")]
    [InlineData(404, "")]
    public async Task A_dropped_message_is_a_dead_letter_at_once(int status, string answer)
    {
        await using var dapr = await StartAsync(Retry(2), _ => Results.Text(answer, statusCode: status));
        await PublishAsync(dapr, "orders", "1");
        Assert.Single(await DeadLettersAfterMarkerAsync(dapr, expected: 1));
        Assert.Single(Sent("/orders"));
    }

    [Fact]
    public async Task Only_the_statuses_that_the_policy_lists_are_tried_again()
    {
        var policy = Policies(new RetrySpec { Duration = TimeSpan.FromMilliseconds(10), MaxRetries = 2, HttpStatusCodes = "503" });
        await using var dapr = await StartAsync(policy, delivery => Results.StatusCode(delivery.Text == "1" ? 503 : 500));
        await PublishAsync(dapr, "orders", "1");
        await PublishAsync(dapr, "orders", "2");
        await DeadLettersAfterMarkerAsync(dapr, expected: 2);
        Assert.Equal(3, Sent("/orders").Count(delivery => delivery.Text == "1"));
        Assert.Equal(1, Sent("/orders").Count(delivery => delivery.Text == "2"));
    }

    [Fact]
    public async Task Without_policy_and_dead_letter_topic_a_failed_message_is_dropped_and_later_ones_come()
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("shop")
        {
            Components = [TestComponents.Component("pubsub", "pubsub.redis")],
            Routes = app =>
            {
                app.Announce(Subscriber.To("orders", "/orders", metadata: new { concurrency = "single" }));
                app.Take("/orders", _received, delivery => Results.StatusCode(delivery.Text == "1" ? 500 : 200));
            },
        });
        await PublishAsync(dapr, "orders", "1");
        await PublishAsync(dapr, "orders", "2");
        await PublishAsync(dapr, "orders", "3");
        Assert.Equal(["1", "2", "3"], (await _received.AtLeastAsync(3)).Select(delivery => delivery.Text));
    }

    [Fact]
    public async Task A_broken_connection_is_no_loss()
    {
        var tries = 0;
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("shop")
        {
            Components = [TestComponents.Component("pubsub", "pubsub.redis")],
            Routes = app =>
            {
                app.Announce(Subscriber.To("orders", "/orders"));
                app.Use(async (context, next) =>
                {
                    if (context.Request.Path == "/orders" && Interlocked.Increment(ref tries) == 1)
                    {
                        context.Abort();
                        return;
                    }

                    await next(context);
                });
                app.Take("/orders", _received);
            },
        });
        await PublishAsync(dapr, "orders", "1");
        Assert.Equal("1", (await _received.SingleAsync()).Text);
    }

    [Fact]
    public async Task An_expired_message_is_not_delivered()
    {
        var time = new MovableTime();
        var gate = new TaskCompletionSource();
        await using var dapr = await SidecarFixture.StartAsync(null, time, new TestApp("shop")
        {
            Components = [TestComponents.Component("pubsub", "pubsub.redis", ("concurrency", "single"))],
            Routes = app =>
            {
                app.Announce(Subscriber.To("orders", "/orders"));
                app.Take("/orders", _received, work: _ => gate.Task);
            },
        });
        await PublishAsync(dapr, "orders", "blocks");
        await _received.AtLeastAsync(1);
        await PublishAsync(dapr, "orders?metadata.ttlInSeconds=60", "expires");
        await PublishAsync(dapr, "orders?metadata.ttlInSeconds=120", "lives");
        time.Offset = TimeSpan.FromSeconds(61);
        gate.SetResult();
        Assert.Equal(["blocks", "lives"], (await _received.AtLeastAsync(2)).Select(delivery => delivery.Text));
    }

    private static ResiliencySpec[] Retry(int retries) =>
        Policies(new RetrySpec { Duration = TimeSpan.FromMilliseconds(10), MaxRetries = retries });

    private static ResiliencySpec[] Policies(RetrySpec retry) =>
    [
        new ResiliencySpec
        {
            Retries = new Dictionary<string, RetrySpec> { ["again"] = retry },
            Inbound = new Dictionary<string, TargetSpec> { ["pubsub"] = new TargetSpec(null, "again", null) },
        },
    ];

    private TestApp Shop(ResiliencySpec[] policies, Func<Delivery, IResult> answer) => new("shop")
    {
        Components = [TestComponents.Component("pubsub", "pubsub.redis")],
        Resiliency = policies,
        Routes = app =>
        {
            app.Announce(Subscriber.To("orders", "/orders", deadLetterTopic: "dead"), Subscriber.To("dead", "/dead"));
            app.Take("/orders", _received, answer);
            app.Take("/dead", _received);
        },
    };

    private Task<SidecarFixture> StartAsync(ResiliencySpec[] policies, Func<Delivery, IResult> answer) => SidecarFixture.StartAsync(Shop(policies, answer));

    private List<Delivery> Sent(string path) => [.. _received.All.Where(delivery => delivery.Path == path)];

    /// <summary>The dead letters once so many have come, and a marker that was published behind them.</summary>
    private async Task<List<Delivery>> DeadLettersAfterMarkerAsync(SidecarFixture dapr, int expected = 0)
    {
        await _received.UntilAsync(_ => Sent("/dead").Count >= expected);
        await PublishAsync(dapr, "dead", "marker");
        await _received.UntilAsync(_ => Sent("/dead").Any(delivery => delivery.Text == "marker"));
        return [.. Sent("/dead").Where(delivery => delivery.Text != "marker")];
    }

    private static async Task PublishAsync(SidecarFixture dapr, string topic, string text)
    {
        using var content = new StringContent(text);
        using var response = await dapr.Http("shop").PostAsync(new Uri($"/v1.0/publish/pubsub/{topic}", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
    }

    private sealed class MovableTime : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
