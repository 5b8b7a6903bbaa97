using System.Net;
using DaprShop.Sidecar.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Tests.Invocation;

public sealed class InvocationPolicyTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(10);

    private static readonly ResiliencySpec Policies = new()
    {
        Retries = new Dictionary<string, RetrySpec>
        {
            ["twice"] = new() { Duration = Short, MaxRetries = 2 },
            ["only503"] = new() { Duration = Short, MaxRetries = 2, HttpStatusCodes = "503" },
            ["once"] = new() { Duration = Short, MaxRetries = 1 },
        },
        Timeouts = new Dictionary<string, TimeSpan> { ["short"] = TimeSpan.FromMilliseconds(100) },
        CircuitBreakers = new Dictionary<string, CircuitBreakerSpec>
        {
            ["three"] = new() { Trip = "consecutiveFailures > 2", Timeout = TimeSpan.FromMilliseconds(300) },
        },
    };

    [Theory]
    [InlineData("GET", new[] { 503, 503, 200 }, 200, 3)]
    [InlineData("POST", new[] { 500, 200 }, 200, 2)]
    [InlineData("GET", new[] { 503 }, 503, 3)]
    [InlineData("GET", new[] { 302, 200 }, 302, 1)]
    [InlineData("GET", new[] { 404, 200 }, 200, 2)]
    public async Task A_failed_call_is_retried_and_the_last_answer_passed_on(string method, int[] plan, int status, int calls)
    {
        var log = new CallLog(plan);
        await using var dapr = await StartAsync(log, new TargetSpec(null, "twice", null));
        using var request = new HttpRequestMessage(new HttpMethod(method), "v1.0/invoke/callee/method/x");
        request.Content = method == "POST" ? new StringContent("again") : null;

        using var response = await dapr.Http("caller").SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal($"call {calls}", await response.Content.ReadAsStringAsync());
        Assert.Equal(calls, log.Count);
        Assert.All(log.Bodies, body => Assert.Equal(method == "POST" ? "again" : "", body));
    }

    [Theory]
    [InlineData(500, 1)]
    [InlineData(503, 3)]
    public async Task Only_matching_statuses_are_retried(int status, int calls)
    {
        var log = new CallLog(status);
        await using var dapr = await StartAsync(log, new TargetSpec(null, "only503", null));

        using var response = await dapr.Http("caller").GetAsync("v1.0/invoke/callee/method/x");

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(calls, log.Count);
    }

    [Fact]
    public async Task A_body_without_a_length_is_sent_once()
    {
        var log = new CallLog(503);
        await using var dapr = await StartAsync(log, new TargetSpec(null, "twice", null));
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1.0/invoke/callee/method/x") { Content = new StringContent("chunks") };
        request.Headers.TransferEncodingChunked = true;

        using var response = await dapr.Http("caller").SendAsync(request);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(["chunks"], log.Bodies);
    }

    [Fact]
    public async Task Without_a_policy_a_failure_is_not_retried()
    {
        var log = new CallLog(500);
        await using var dapr = await StartAsync(log, new TargetSpec(null, "no-such-policy", null));

        using var response = await dapr.Http("caller").GetAsync("v1.0/invoke/callee/method/x");

        Assert.Equal(1, log.Count);
    }

    [Fact]
    public async Task A_time_out_ends_each_attempt()
    {
        var attempts = 0;
        await using var dapr = await SidecarFixture.StartAsync(Caller(new TargetSpec("short", "once", null)), new TestApp("callee")
        {
            Routes = app => app.MapGet("/x", async (HttpContext context) =>
            {
                Interlocked.Increment(ref attempts);
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }),
        });

        using var response = await dapr.Http("caller").GetAsync("v1.0/invoke/callee/method/x");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("failed to invoke, id: callee, err: context deadline exceeded", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(2, attempts);
    }

    [Fact]
    public async Task A_time_out_does_not_cut_an_answer_that_has_begun()
    {
        await using var dapr = await SidecarFixture.StartAsync(Caller(new TargetSpec("short", null, null)), new TestApp("callee")
        {
            Routes = app => app.Run(async context =>
            {
                await context.Response.Body.FlushAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(300), context.RequestAborted);
                await context.Response.Body.WriteAsync("late"u8.ToArray());
            }),
        });

        Assert.Equal("late", await dapr.Http("caller").GetStringAsync("v1.0/invoke/callee/method/x"));
    }

    [Fact]
    public async Task An_open_breaker_refuses_one_endpoint_and_not_the_others()
    {
        var log = new CallLog(500, 500, 500, 200);
        await using var dapr = await StartAsync(log, new TargetSpec(null, null, "three"));
        var http = dapr.Http("caller");
        for (var i = 0; i < 3; i++)
        {
            using var failed = await http.GetAsync("v1.0/invoke/callee/method/a");
        }

        using var refused = await http.GetAsync("v1.0/invoke/callee/method/a?other=query");
        using var other = await http.GetAsync("v1.0/invoke/callee/method/b");

        Assert.Contains("failed to invoke, id: callee, err: circuit breaker is open", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(["GET /a", "GET /a", "GET /a", "GET /b"], log.Requests);

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        for (var status = HttpStatusCode.InternalServerError; status != HttpStatusCode.OK;)
        {
            using var response = await http.GetAsync("v1.0/invoke/callee/method/a", patience.Token);
            status = response.StatusCode;
        }
    }

    private static Task<SidecarFixture> StartAsync(CallLog log, TargetSpec target) =>
        SidecarFixture.StartAsync(Caller(target), new TestApp("callee") { Routes = log.Answer });

    private static TestApp Caller(TargetSpec target) => new("caller")
    {
        Resiliency = [Policies with { Apps = new Dictionary<string, TargetSpec> { ["callee"] = target } }],
    };
}
