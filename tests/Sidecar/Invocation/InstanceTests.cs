using System.Net;
using DaprShop.Sidecar.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Tests.Invocation;

public sealed class InstanceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Instances_of_an_app_take_turns()
    {
        var (first, second) = (new CallLog(), new CallLog());
        await using var dapr = await SidecarFixture.StartAsync(
            new TestApp("caller"), new TestApp("callee") { Routes = first.Answer }, new TestApp("callee") { Routes = second.Answer });

        for (var i = 0; i < 10; i++)
        {
            using var response = await dapr.Http("caller").GetAsync("v1.0/invoke/callee/method/x");
        }

        Assert.Equal((5, 5), (first.Count, second.Count));
    }

    [Fact]
    public async Task An_instance_that_is_down_is_skipped()
    {
        var (up, down) = (new CallLog(), (WebApplication?)null);
        await using var dapr = await SidecarFixture.StartAsync(
            new TestApp("caller"), new TestApp("callee") { Routes = up.Answer }, new TestApp("callee") { Routes = app => down = app });
        await down!.StopAsync();

        for (var i = 0; i < 6; i++)
        {
            using var response = await dapr.Http("caller").PostAsync("v1.0/invoke/callee/method/x", new StringContent("body"));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(6, up.Count);
        Assert.All(up.Bodies, body => Assert.Equal("body", body));
    }

    [Fact]
    public async Task A_call_to_an_app_that_is_down_is_repeated_until_it_is_back_and_then_given_up()
    {
        WebApplication? app = null;
        var retries = new ResiliencySpec
        {
            Retries = new Dictionary<string, RetrySpec>
            {
                ["DaprBuiltInServiceRetries"] = new() { Duration = TimeSpan.FromMilliseconds(20), MaxRetries = 5 },
            },
        };
        await using var dapr = await SidecarFixture.StartAsync(
            new TestApp("caller") { Resiliency = [retries] }, new TestApp("callee") { Routes = routes => app = routes });
        await app!.StopAsync();

        using var response = await dapr.Http("caller").GetAsync("v1.0/invoke/callee/method/x");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains(
            "failed to invoke, id: callee, err: failed to invoke target callee after 5 retries. Error: rpc error: code = Unavailable",
            await response.Content.ReadAsStringAsync(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_whose_probes_fail_takes_no_calls_until_one_passes()
    {
        var healthy = true;
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("caller"), new TestApp("callee")
        {
            Routes = app =>
            {
                app.MapGet("/healthz", () => Volatile.Read(ref healthy) ? Results.Ok() : Results.StatusCode(503));
                app.MapGet("/x", () => "here");
            },
            Configure = options => options with
            {
                AppHealth = new AppHealthOptions { Interval = TimeSpan.FromMilliseconds(20), Threshold = 2 },
            },
        });

        Assert.Equal("here", await UntilAsync(dapr, text => text == "here"));
        Volatile.Write(ref healthy, false);
        Assert.Contains(
            "failed to invoke, id: callee, err: rpc error: code = Internal desc = error invoking app channel: "
                + "rpc error: code = Internal desc = app is not in a healthy state",
            await UntilAsync(dapr, text => text != "here"),
            StringComparison.Ordinal);
        Volatile.Write(ref healthy, true);
        Assert.Equal("here", await UntilAsync(dapr, text => text == "here"));
    }

    [Fact]
    public async Task No_more_calls_are_in_flight_than_the_app_allows()
    {
        var (running, most) = (0, 0);
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("caller"), new TestApp("callee")
        {
            Routes = app => app.MapGet("/x", async () =>
            {
                var now = Interlocked.Increment(ref running);
                for (var seen = most; now > seen; seen = most)
                {
                    Interlocked.CompareExchange(ref most, now, seen);
                }

                await Task.Yield();
                Interlocked.Decrement(ref running);
                return "done";
            }),
            Configure = options => options with { AppMaxConcurrency = 2 },
        });

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => dapr.Http("caller").GetStringAsync("v1.0/invoke/callee/method/x")));

        Assert.All(answers, answer => Assert.Equal("done", answer));
        Assert.InRange(most, 1, 2);
    }

    private static async Task<string> UntilAsync(SidecarFixture dapr, Func<string, bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            using var response = await dapr.Http("caller").GetAsync("v1.0/invoke/callee/method/x", patience.Token);
            if (await response.Content.ReadAsStringAsync(patience.Token) is var text && condition(text))
            {
                return text;
            }
        }
    }
}
