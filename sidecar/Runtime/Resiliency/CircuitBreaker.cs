using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Resiliency;

/// <summary>
/// A circuit breaker with Dapr's counting: closed, it opens when the trip condition is met after a failure; open, it refuses for
/// the time-out; half-open, it lets <c>maxRequests</c> calls through, closes after as many successes and opens at a failure.
/// </summary>
internal sealed partial class CircuitBreaker(string target, CircuitBreakerSpec spec, TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly TripCondition _trip = TripCondition.Parse(spec.Trip);
    private readonly int _maxRequests = Math.Max(1, spec.MaxRequests);
    private CircuitState _state;
    private CircuitBreakerCounts _counts;

    /// <summary>Rises with every change of state and every clearing of the counts: a call that began before it counts no more.</summary>
    private int _generation;
    private long _since = time.GetTimestamp();

    /// <summary>Told of each new state.</summary>
    public Action<CircuitState>? Changed { get; set; }

    /// <summary>Admits a call and gives the generation to report its outcome with; throws <see cref="CircuitOpenException"/>.</summary>
    public int Enter()
    {
        lock (_lock)
        {
            Advance();
            if (_state is CircuitState.Open)
            {
                throw new CircuitOpenException("circuit breaker is open");
            }

            if (_state is CircuitState.HalfOpen && _counts.Requests >= _maxRequests)
            {
                throw new CircuitOpenException("too many requests");
            }

            _counts.Requests++;
            return _generation;
        }
    }

    public void Succeeded(int generation)
    {
        lock (_lock)
        {
            Advance();
            if (generation != _generation)
            {
                return;
            }

            _counts.TotalSuccesses++;
            _counts.ConsecutiveSuccesses++;
            _counts.ConsecutiveFailures = 0;
            if (_state is CircuitState.HalfOpen && _counts.ConsecutiveSuccesses >= _maxRequests)
            {
                Become(CircuitState.Closed);
            }
        }
    }

    public void Failed(int generation)
    {
        lock (_lock)
        {
            Advance();
            if (generation != _generation)
            {
                return;
            }

            _counts.TotalFailures++;
            _counts.ConsecutiveFailures++;
            _counts.ConsecutiveSuccesses = 0;
            if (_state is CircuitState.HalfOpen || (_state is CircuitState.Closed && _trip.IsMet(_counts)))
            {
                Become(CircuitState.Open);
            }
        }
    }

    /// <summary>The caller went away: that tells nothing about the target.</summary>
    public void Abandoned(int generation)
    {
        lock (_lock)
        {
            if (generation == _generation)
            {
                _counts.Requests--;
            }
        }
    }

    public CircuitBreakerSnapshot Snapshot()
    {
        lock (_lock)
        {
            Advance();
            return new CircuitBreakerSnapshot(target, _state, _counts);
        }
    }

    /// <summary>What time alone changes: open becomes half-open, closed clears its counts.</summary>
    private void Advance()
    {
        if (_state is CircuitState.Open && time.GetElapsedTime(_since) >= spec.Timeout)
        {
            Become(CircuitState.HalfOpen);
        }
        else if (_state is CircuitState.Closed && spec.Interval > TimeSpan.Zero && time.GetElapsedTime(_since) >= spec.Interval)
        {
            NextGeneration();
        }
    }

    private void Become(CircuitState state)
    {
        LogChange(logger, target, _state, state);
        _state = state;
        Changed?.Invoke(state);
        NextGeneration();
    }

    private void NextGeneration()
    {
        _generation++;
        _counts = default;
        _since = time.GetTimestamp();
    }

    [LoggerMessage(LogLevel.Information, "Circuit breaker \"{Target}\" changed state from {From} to {To}")]
    private static partial void LogChange(ILogger logger, string target, CircuitState from, CircuitState to);
}

internal enum CircuitState
{
    Closed,
    HalfOpen,
    Open,
}

/// <summary>What a breaker counted since its last change of state (or, while closed, its last interval).</summary>
internal record struct CircuitBreakerCounts(
    long Requests, long TotalSuccesses, long TotalFailures, long ConsecutiveSuccesses, long ConsecutiveFailures);

/// <summary>A breaker as it stands, for operations pages and metrics.</summary>
internal sealed record CircuitBreakerSnapshot(string Target, CircuitState State, CircuitBreakerCounts Counts);
