using DaprShop.Sidecar.Resiliency;
using DaprShop.Sidecar.Resources;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DaprShop.Sidecar.Tests.Resiliency;

public sealed class CircuitBreakerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void It_opens_after_the_configured_failures_in_a_row()
    {
        var breaker = Breaker(new CircuitBreakerSpec { Trip = "consecutiveFailures > 2" });

        Fail(breaker);
        Fail(breaker);
        Succeed(breaker);
        Fail(breaker);
        Fail(breaker);
        Assert.Equal(CircuitState.Closed, breaker.Snapshot().State);
        Fail(breaker);

        Assert.Equal(CircuitState.Open, breaker.Snapshot().State);
        Assert.Equal("circuit breaker is open", Assert.Throws<CircuitOpenException>(() => breaker.Enter()).Message);
    }

    [Fact]
    public void It_lets_a_probe_through_after_the_time_out_and_closes_when_that_succeeds()
    {
        var breaker = Opened(new CircuitBreakerSpec { Trip = "consecutiveFailures >= 1", Timeout = TimeSpan.FromSeconds(5) });

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(CircuitState.HalfOpen, breaker.Snapshot().State);
        var probe = breaker.Enter();
        Assert.Equal("too many requests", Assert.Throws<CircuitOpenException>(() => breaker.Enter()).Message);
        breaker.Succeeded(probe);

        Assert.Equal(CircuitState.Closed, breaker.Snapshot().State);
    }

    [Fact]
    public void A_failed_probe_opens_it_again()
    {
        var breaker = Opened(new CircuitBreakerSpec { Trip = "consecutiveFailures >= 1", Timeout = TimeSpan.FromSeconds(5) });

        _time.Advance(TimeSpan.FromSeconds(5));
        Fail(breaker);

        Assert.Throws<CircuitOpenException>(() => breaker.Enter());
    }

    [Fact]
    public void It_closes_after_as_many_successes_as_it_lets_through()
    {
        var breaker = Opened(new CircuitBreakerSpec { Trip = "consecutiveFailures >= 1", MaxRequests = 2 });

        _time.Advance(TimeSpan.FromSeconds(60));
        Succeed(breaker);
        Assert.Equal(CircuitState.HalfOpen, breaker.Snapshot().State);
        Succeed(breaker);

        Assert.Equal(CircuitState.Closed, breaker.Snapshot().State);
    }

    [Fact]
    public void A_caller_that_goes_away_frees_its_place()
    {
        var breaker = Opened(new CircuitBreakerSpec { Trip = "consecutiveFailures >= 1" });

        _time.Advance(TimeSpan.FromSeconds(60));
        breaker.Abandoned(breaker.Enter());

        Succeed(breaker);
        Assert.Equal(CircuitState.Closed, breaker.Snapshot().State);
    }

    [Fact]
    public void A_call_that_began_before_it_opened_does_not_count_after()
    {
        var breaker = Breaker(new CircuitBreakerSpec { Trip = "consecutiveFailures >= 1", Timeout = TimeSpan.FromSeconds(5) });
        var late = breaker.Enter();
        Fail(breaker);
        _time.Advance(TimeSpan.FromSeconds(5));
        breaker.Enter();

        breaker.Succeeded(late);

        Assert.Equal(CircuitState.HalfOpen, breaker.Snapshot().State);
    }

    [Fact]
    public void The_interval_clears_the_counts_while_it_is_closed()
    {
        var breaker = Breaker(new CircuitBreakerSpec { Trip = "totalFailures >= 2", Interval = TimeSpan.FromSeconds(10) });

        Fail(breaker);
        _time.Advance(TimeSpan.FromSeconds(10));
        Fail(breaker);

        Assert.Equal(new CircuitBreakerCounts(1, 0, 1, 0, 1), breaker.Snapshot().Counts);
        Assert.Equal(CircuitState.Closed, breaker.Snapshot().State);
    }

    [Theory]
    [InlineData("requests >= 4 && totalFailures >= 2", 4)]
    [InlineData("consecutiveFailures > 1", 4)]
    [InlineData("totalFailures > 2 || totalSuccesses > 5", 5)]
    public void An_expression_over_the_counts_trips_it(string trip, int calls)
    {
        var breaker = Breaker(new CircuitBreakerSpec { Trip = trip });
        var made = 0;
        for (; breaker.Snapshot().State is CircuitState.Closed; made++)
        {
            (made < 2 ? (Action<CircuitBreaker>)Succeed : Fail)(breaker);
        }

        Assert.Equal(calls, made);
    }

    [Fact]
    public void An_expression_that_does_not_compile_is_refused() =>
        Assert.ThrowsAny<FormatException>(() => Breaker(new CircuitBreakerSpec { Trip = "consecutiveFailures >" }));

    private CircuitBreaker Breaker(CircuitBreakerSpec spec) => new("target", spec, _time, NullLogger.Instance);

    private CircuitBreaker Opened(CircuitBreakerSpec spec)
    {
        var breaker = Breaker(spec);
        Fail(breaker);
        return breaker;
    }

    private static void Fail(CircuitBreaker breaker) => breaker.Failed(breaker.Enter());

    private static void Succeed(CircuitBreaker breaker) => breaker.Succeeded(breaker.Enter());
}
