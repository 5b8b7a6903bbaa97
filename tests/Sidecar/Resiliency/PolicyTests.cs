using DaprShop.Sidecar.Resiliency;
using DaprShop.Sidecar.Resources;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DaprShop.Sidecar.Tests.Resiliency;

public sealed class PolicyTests
{
    private readonly FakeTimeProvider _time = new();
    private int _attempts;

    [Fact]
    public async Task A_constant_retry_waits_its_duration_between_attempts()
    {
        var policy = Policy(retry: new RetrySpec { Duration = TimeSpan.FromSeconds(5), MaxRetries = 2 });

        var run = RunAsync(policy, attempt => attempt < 3 ? throw new IOException("broken") : 200);
        Assert.Equal(1, _attempts);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(1, _attempts);
        await AdvanceUntilAsync(run);

        Assert.Equal(200, await run);
        Assert.Equal(3, _attempts);
    }

    [Fact]
    public async Task The_last_failure_is_the_result()
    {
        var policy = Policy(retry: new RetrySpec { Duration = TimeSpan.FromSeconds(1), MaxRetries = 1 });

        var run = RunAsync(policy, attempt => throw new IOException($"attempt {attempt}"));
        await AdvanceUntilAsync(run);

        Assert.Equal("attempt 2", (await Assert.ThrowsAsync<IOException>(() => run)).Message);
    }

    [Fact]
    public async Task A_retry_without_a_limit_goes_on_until_it_is_cancelled()
    {
        var policy = Policy(retry: new RetrySpec { Duration = TimeSpan.FromSeconds(1) });
        using var cancel = new CancellationTokenSource();

        var run = RunAsync(policy, attempt =>
        {
            if (attempt == 50)
            {
                cancel.Cancel();
            }

            return 503;
        }, cancel.Token);
        await AdvanceUntilAsync(run);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(50, _attempts);
    }

    [Fact]
    public async Task An_exponential_retry_gives_up_after_a_quarter_of_an_hour()
    {
        var policy = Policy(retry: new RetrySpec { Exponential = true, MaxInterval = TimeSpan.FromSeconds(60) });
        var start = _time.GetTimestamp();

        var run = RunAsync(policy, _ => 500);
        await AdvanceUntilAsync(run, TimeSpan.FromSeconds(10));

        Assert.Equal(500, await run);
        Assert.InRange(_time.GetElapsedTime(start), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(17));
        Assert.InRange(_attempts, 15, 45);
    }

    [Fact]
    public async Task Each_attempt_has_its_own_time_out()
    {
        var policy = Policy(timeout: TimeSpan.FromSeconds(2), retry: new RetrySpec { Duration = TimeSpan.FromSeconds(1), MaxRetries = 1 });

        var run = policy.ExecuteAsync<int>(async cancellation =>
        {
            _attempts++;
            await Task.Delay(Timeout.Infinite, cancellation);
            return 200;
        });
        await AdvanceUntilAsync(run);

        Assert.Equal("context deadline exceeded", (await Assert.ThrowsAsync<TimeoutException>(() => run)).Message);
        Assert.Equal(2, _attempts);
    }

    [Fact]
    public async Task An_open_breaker_ends_the_retries()
    {
        var breaker = new CircuitBreaker("target", new CircuitBreakerSpec { Trip = "consecutiveFailures > 1" }, _time, NullLogger.Instance);
        var policy = new ResiliencyPolicy(
            "target", null, new RetrySpec { Duration = TimeSpan.FromSeconds(1), MaxRetries = 10 }, breaker, _time, NullLogger.Instance);

        var run = RunAsync(policy, _ => 500);
        await AdvanceUntilAsync(run);

        await Assert.ThrowsAsync<CircuitOpenException>(() => run);
        Assert.Equal(2, _attempts);
    }

    [Theory]
    [InlineData(409, StatusCode.Aborted, 1)]
    [InlineData(500, StatusCode.Internal, 3)]
    [InlineData(500, StatusCode.Unknown, 1)]
    public async Task A_refusal_and_a_status_outside_the_list_are_not_retried(int http, StatusCode grpc, int attempts)
    {
        var policy = Policy(retry: new RetrySpec { Duration = TimeSpan.FromSeconds(1), MaxRetries = 2, GrpcStatusCodes = "10,13" });

        var run = RunAsync(policy, _ => throw new DaprApiException(http, grpc, "ERR_X", "no"));
        await AdvanceUntilAsync(run);

        await Assert.ThrowsAsync<DaprApiException>(() => run);
        Assert.Equal(attempts, _attempts);
    }

    [Fact]
    public async Task Without_retry_the_breaker_still_counts()
    {
        var breaker = new CircuitBreaker("target", new CircuitBreakerSpec(), _time, NullLogger.Instance);
        var policy = new ResiliencyPolicy("target", null, new RetrySpec(), breaker, _time, NullLogger.Instance);

        Assert.Equal(500, await RunAsync(policy.WithoutRetry, _ => 500));

        Assert.Equal(1, breaker.Snapshot().Counts.TotalFailures);
    }

    [Fact]
    public async Task No_policy_runs_the_attempt_once()
    {
        Assert.True(ResiliencyPolicy.None.IsNone);
        await Assert.ThrowsAsync<IOException>(() => RunAsync(ResiliencyPolicy.None, _ => throw new IOException()));
        Assert.Equal(1, _attempts);
    }

    private ResiliencyPolicy Policy(TimeSpan? timeout = null, RetrySpec? retry = null) => new("target", timeout, retry, null, _time, NullLogger.Instance);

    private Task<int> RunAsync(ResiliencyPolicy policy, Func<int, int> attempt, CancellationToken cancellationToken = default) =>
        policy.ExecuteAsync(_ => Task.FromResult(attempt(++_attempts)), status => status, cancellationToken);

    /// <summary>Moves the clock whenever nothing else moves, until the run has ended.</summary>
    private async Task AdvanceUntilAsync(Task run, TimeSpan? step = null)
    {
        while (!run.IsCompleted)
        {
            _time.Advance(step ?? TimeSpan.FromMilliseconds(500));
            await Task.WhenAny(run, Task.Delay(1));
        }
    }
}
