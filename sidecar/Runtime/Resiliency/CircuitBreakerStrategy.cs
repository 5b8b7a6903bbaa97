using Polly;

namespace DaprShop.Sidecar.Resiliency;

/// <summary>Puts a <see cref="CircuitBreaker"/> into a Polly pipeline: Polly's own trips by rate, Dapr's by counts.</summary>
internal sealed class CircuitBreakerStrategy(CircuitBreaker breaker) : ResilienceStrategy<Attempt>
{
    protected override async ValueTask<Outcome<Attempt>> ExecuteCore<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<Attempt>>> callback, ResilienceContext context, TState state)
    {
        int generation;
        try
        {
            generation = breaker.Enter();
        }
        catch (CircuitOpenException refusal)
        {
            return Outcome.FromException<Attempt>(refusal);
        }

        var outcome = await callback(context, state);
        switch (outcome)
        {
            case { Exception: OperationCanceledException } when context.CancellationToken.IsCancellationRequested:
                breaker.Abandoned(generation);
                break;
            case { Exception: { } failure } when !Failures.IsRefusal(failure):
            case { Result.Failed: true }:
                breaker.Failed(generation);
                break;
            default:
                breaker.Succeeded(generation);
                break;
        }

        return outcome;
    }
}
