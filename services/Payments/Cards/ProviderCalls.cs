using DaprShop.Contracts;
using Polly.CircuitBreaker;

namespace DaprShop.Payments.Cards;

/// <summary>How the card provider has been doing since this process started: the circuit breaker, counts, and the last calls that were sent.</summary>
internal sealed class ProviderCalls
{
    private const int Remembered = 100;

    private readonly Lock _gate = new();
    private readonly Queue<ProviderCall> _recent = new();
    private volatile CircuitBreakerStateProvider _breaker = new();
    private long _succeeded;
    private long _failed;
    private long _rejected;
    private long _opened;
    private ProviderCall? _lastFailure;

    /// <summary>A breaker can be watched by one provider only; the latest breaker is the one in use.</summary>
    public CircuitBreakerStateProvider Watch() => _breaker = new CircuitBreakerStateProvider();

    public void Opened() => Interlocked.Increment(ref _opened);

    public void Rejected() => Interlocked.Increment(ref _rejected);

    public void Sent(ProviderCall call)
    {
        lock (_gate)
        {
            if (call.Failure is null)
            {
                _succeeded++;
            }
            else
            {
                _failed++;
                _lastFailure = call;
            }

            _recent.Enqueue(call);
            if (_recent.Count > Remembered)
            {
                _recent.Dequeue();
            }
        }
    }

    public ProviderHealth Read()
    {
        lock (_gate)
        {
            double? rate = _recent.Count == 0 ? null : (double)_recent.Count(call => call.Failure is null) / _recent.Count;
            return new ProviderHealth(
                StateOf(_breaker.CircuitState),
                _succeeded,
                _failed,
                Interlocked.Read(ref _rejected),
                Interlocked.Read(ref _opened),
                rate,
                _lastFailure,
                [.. _recent.Reverse()]);
        }
    }

    private static string StateOf(CircuitState state) => state switch
    {
        CircuitState.Closed => "closed",
        CircuitState.HalfOpen => "half-open",
        _ => "open",
    };
}
