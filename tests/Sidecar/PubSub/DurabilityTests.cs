using DaprShop.Sidecar.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace DaprShop.Sidecar.Tests.PubSub;

/// <summary>What happens to messages when the app or the sidecars go away.</summary>
public sealed class DurabilityTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pubsub-tests-").FullName;
    private readonly Received _received = new();
    private readonly int _appPort = FreePorts.Next();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task What_is_published_while_the_app_is_down_is_delivered_once_when_it_is_back()
    {
        await using var dapr = await StartAsync();
        await using (await StartAppAsync())
        {
            await dapr.WaitUntilReadyAsync();
            await PublishAsync(dapr, "1");
            await _received.AtLeastAsync(1);
        }

        for (var i = 2; i <= 40; i++)
        {
            await PublishAsync(dapr, $"{i}");
        }

        Assert.Single(_received.All);
        await using (await StartAppAsync())
        {
            var received = await _received.AtLeastAsync(40);
            Assert.Equal(Enumerable.Range(1, 40), received.Select(delivery => int.Parse(delivery.Text!, null)).Order());
        }
    }

    [Fact]
    public async Task Messages_that_were_under_way_come_again_after_a_restart_and_finished_ones_do_not()
    {
        var stuck = new TaskCompletionSource();
        await using (var dapr = await StartAsync())
        {
            await using var app = await StartAppAsync(delivery => delivery.Text == "stuck" ? stuck.Task : Task.CompletedTask);
            await dapr.WaitUntilReadyAsync();
            await PublishAsync(dapr, "stuck");
            await PublishAsync(dapr, "done");
            await _received.AtLeastAsync(2);
        }

        stuck.SetResult();
        await using (var dapr = await StartAsync())
        {
            await using var app = await StartAppAsync();
            await PublishAsync(dapr, "new");
            var texts = (await _received.AtLeastAsync(4)).Select(delivery => delivery.Text).Order();
            Assert.Equal(["done", "new", "stuck", "stuck"], texts);
        }
    }

    [Fact]
    public async Task An_app_that_dies_in_the_middle_gets_the_message_again()
    {
        var firstTry = new TaskCompletionSource();
        await using var dapr = await StartAsync();
        await using (var app = await StartAppAsync(_ => firstTry.Task))
        {
            await dapr.WaitUntilReadyAsync();
            await PublishAsync(dapr, "1");
            await _received.AtLeastAsync(1);
            using var immediately = new CancellationTokenSource();
            await immediately.CancelAsync();
            await app.StopAsync(immediately.Token);
        }

        await using (await StartAppAsync())
        {
            Assert.Equal(["1", "1"], (await _received.AtLeastAsync(2)).Select(delivery => delivery.Text));
        }
    }

    private Task<EmbeddedDapr> StartAsync() => EmbeddedDapr.StartAsync(new EmbeddedDaprOptions
    {
        DatabasePath = Path.Combine(_directory, "dapr.db"),
        Apps =
        [
            new EmbeddedApp(
                new SidecarOptions { AppId = "shop", AppPort = _appPort, ApiToken = null, AppToken = null },
                new ResourceSet { Components = [TestComponents.Component("pubsub", "pubsub.redis")] }),
        ],
    });

    private async Task<WebApplication> StartAppAsync(Func<Delivery, Task>? work = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{_appPort}");
        var app = builder.Build();
        app.Announce(Subscriber.To("orders", "/orders"));
        app.Take("/orders", _received, work: work);
        await app.StartAsync();
        return app;
    }

    private static async Task PublishAsync(EmbeddedDapr dapr, string text)
    {
        using var client = new HttpClient { BaseAddress = dapr.Sidecars[0].HttpEndpoint };
        using var content = new StringContent(text);
        using var response = await client.PostAsync(new Uri("/v1.0/publish/pubsub/orders", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
    }
}
