using Dapr.AppCallback.Autogen.Grpc.v1;
using DaprShop.Sidecar.Resources;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;

namespace DaprShop.Sidecar.Tests.AppCallbacks;

/// <summary>Input bindings of an app that speaks gRPC: ListInputBindings and OnBindingEvent.</summary>
public sealed class BindingCallbackTests
{
    private readonly CallbackApp _app = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public async Task The_app_gets_the_events_of_the_bindings_that_it_lists()
    {
        _app.Bindings.Add("wanted");
        await using var dapr = await StartAsync(Cron("wanted"), Cron("unwanted"), Cron("declared", ("direction", "input")));

        await AdvanceUntilAsync(() => _app.Calls<BindingEventRequest>().Count(call => call.Name == "wanted") >= 3);

        Assert.DoesNotContain("unwanted", _app.Calls<BindingEventRequest>().Select(call => call.Name));
        Assert.Contains("declared", _app.Calls<BindingEventRequest>().Select(call => call.Name));
        Assert.Equal(["readTimeUTC", "timeZone"], _app.Calls<BindingEventRequest>()[0].Metadata.Keys.Order());
    }

    [Fact]
    public async Task A_refused_event_is_tried_again_under_the_inbound_policy()
    {
        _app.Bindings.Add("tick");
        var failures = 2;
        _app.OnBindingEvent = _ => failures-- > 0 ? throw new RpcException(new Status(StatusCode.Unavailable, "busy")) : new BindingEventResponse();
        await using var dapr = await StartAsync(Cron("tick"));

        await AdvanceUntilAsync(() => _app.Calls<BindingEventRequest>().Count >= 3);

        Assert.Single(_app.Calls<BindingEventRequest>().Take(3).Select(call => call.Metadata["timeZone"]).Distinct());
        Assert.True(failures < 0);
    }

    private static Component Cron(string name, params (string, string)[] more) =>
        TestComponents.Component(name, "bindings.cron", [("schedule", "@every 1m"), ("timeZone", "UTC"), .. more]);

    private Task<SidecarFixture> StartAsync(params Component[] components) => SidecarFixture.StartAsync(null, _time, _app.As("app") with
    {
        Components = components,
        Resiliency =
        [
            new ResiliencySpec
            {
                Retries = new Dictionary<string, RetrySpec> { ["twice"] = new() { Duration = TimeSpan.FromSeconds(1), MaxRetries = 2 } },
                Inbound = new Dictionary<string, TargetSpec> { ["tick"] = new(null, "twice", null) },
            },
        ],
    });

    private Task AdvanceUntilAsync(Func<bool> condition) => Eventually.TrueAsync(() =>
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return Task.FromResult(condition());
    });
}
