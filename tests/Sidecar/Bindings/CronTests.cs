using System.Threading.Channels;
using DaprShop.Sidecar.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using static DaprShop.Sidecar.Tests.TestComponents;

namespace DaprShop.Sidecar.Tests.Bindings;

/// <summary>bindings.cron on a clock that the tests move.</summary>
public sealed class CronTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();

    private sealed record Call(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body);

    [Fact]
    public async Task The_app_is_called_at_the_times_of_the_schedule()
    {
        await using var dapr = await StartAsync(200, Cron("tick", "@every 1m", ("direction", "input"), ("timeZone", "Europe/Paris")));

        var first = await TickAsync();
        var second = await TickAsync();

        Assert.Equal(("POST", "/tick", ""), (first.Method, first.Path, first.Body));
        Assert.Equal("application/json", first.Headers["Content-Type"]);
        Assert.Equal("Europe/Paris", first.Headers["timeZone"]);
        Assert.Matches(@"^2026-01-02 0\d:\d\d:\d\d\.\d{7} \+0000 UTC$", first.Headers["readTimeUTC"]);
        Assert.True(string.CompareOrdinal(first.Headers["readTimeUTC"], second.Headers["readTimeUTC"]) < 0);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(405)]
    public async Task Without_a_direction_the_app_is_asked_first(int answer)
    {
        await using var dapr = await StartAsync(answer, Cron("tick", "0 5 3 * * *", ("route", "ticks/routed"), ("timeZone", "UTC")));

        var asked = await NextAsync();
        Assert.Equal(("OPTIONS", "/ticks/routed"), (asked.Method, asked.Path));
        Assert.Equal("POST", (await TickAsync()).Method);
    }

    [Fact]
    public async Task An_app_that_has_no_such_route_is_left_alone()
    {
        await using var dapr = await StartAsync(404, Cron("unwanted", "@every 1s"), Cron("wanted", "@every 1s", ("direction", "input")));

        List<Call> calls = [await NextAsync()];
        while (calls.Count(call => call.Method == "POST") < 3)
        {
            calls.Add(await TickAsync());
        }

        Assert.Equal(["OPTIONS"], calls.Where(call => call.Path == "/unwanted").Select(call => call.Method));
    }

    [Fact]
    public async Task An_app_that_fails_is_tried_again_under_the_inbound_policy()
    {
        var failures = 2;
        await using var dapr = await SidecarFixture.StartAsync(null, _time, new TestApp("app")
        {
            Routes = app => app.MapPost("/tick", (HttpContext context) =>
            {
                context.Response.StatusCode = failures-- > 0 ? 500 : 200;
                _calls.Writer.TryWrite(new Call(context.Request.Method, $"{context.Response.StatusCode}", HeadersOf(context), ""));
            }),
            Components = [Cron("tick", "@every 1m", ("direction", "input"))],
            Resiliency =
            [
                new ResiliencySpec
                {
                    Retries = new Dictionary<string, RetrySpec> { ["twice"] = new() { Duration = TimeSpan.FromSeconds(1), MaxRetries = 2 } },
                    Inbound = new Dictionary<string, TargetSpec> { ["tick"] = new(null, "twice", null) },
                },
            ],
        });

        Assert.Equal(["500", "500", "200"], [(await TickAsync()).Path, (await TickAsync()).Path, (await TickAsync()).Path]);
    }

    [Theory]
    [InlineData("schedule", "often")]
    [InlineData("timeZone", "Mars/Olympus")]
    public async Task A_component_with_a_wrong_schedule_ends_the_start(string name, string value)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["schedule"] = "@hourly", [name] = value };

        var error = await Assert.ThrowsAsync<SidecarStartException>(() => SidecarFixture.StartAsync(
            new TestApp("app") { Components = [new Component { Name = "tick", Type = "bindings.cron", Metadata = metadata }] }));

        Assert.Contains($"{name} '{value}'", error.Message, StringComparison.Ordinal);
    }

    private static Component Cron(string name, string schedule, params (string, string)[] more) =>
        Component(name, "bindings.cron", [("schedule", schedule), .. more]);

    /// <summary>An app that notes its calls; <paramref name="answer"/> is what it says to OPTIONS.</summary>
    private Task<SidecarFixture> StartAsync(int answer, params Component[] components) => SidecarFixture.StartAsync(null, _time, new TestApp("app")
    {
        Routes = app => app.Run(async context =>
        {
            if (context.Request.Path.StartsWithSegments("/dapr", StringComparison.Ordinal))
            {
                // What the sidecar asks of every app is not noted.
                context.Response.StatusCode = 404;
                return;
            }

            var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            context.Response.StatusCode = context.Request.Method == "OPTIONS" ? answer : 200;
            _calls.Writer.TryWrite(new Call(context.Request.Method, context.Request.Path, HeadersOf(context), body));
        }),
        Components = components,
    });

    private static Dictionary<string, string> HeadersOf(HttpContext context) =>
        context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);

    private async Task<Call> NextAsync() => await _calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>Moves the clock, second by second, until the app is called.</summary>
    private async Task<Call> TickAsync()
    {
        var deadline = DateTime.UtcNow.AddSeconds(20);
        while (DateTime.UtcNow < deadline)
        {
            if (_calls.Reader.TryRead(out var call))
            {
                return call;
            }

            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }

        throw new TimeoutException("the app was not called");
    }
}
