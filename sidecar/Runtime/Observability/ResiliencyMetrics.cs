using DaprShop.Sidecar.Resiliency;
using Prometheus;

namespace DaprShop.Sidecar.Observability;

/// <summary>How often policies were applied, how often they did something, and the state of the circuit breakers.</summary>
internal sealed class ResiliencyMetrics
{
    private static readonly string[] s_labels = ["name", "policy", "namespace", "flow_direction", "target", "status"];

    private readonly Counter _applied;
    private readonly Counter _activated;
    private readonly Gauge _state;
    private readonly Counter _loaded;

    public ResiliencyMetrics(MetricFamilies families)
    {
        _applied = families.Counter("resiliency_count", "Calls under a policy.", s_labels);
        _activated = families.Counter("resiliency_activations_total", "Retries, time-outs and changes of a circuit breaker's state.", s_labels);
        _state = families.Gauge("resiliency_cb_state", "A circuit breaker's state: 1 for the status it is in, 0 for the others.", s_labels);
        _loaded = families.Counter("resiliency_loaded", "Resiliency resources loaded.", "name", "namespace");
    }

    public void Loaded(string resource) => _loaded.WithLabels(resource, ComponentMetrics.Namespace).Inc();

    /// <summary>The meter of one policy of a target.</summary>
    /// <param name="resource">The Resiliency resource that defines the policy.</param>
    /// <param name="policy">retry, timeout or circuitbreaker.</param>
    /// <param name="target">What the policy is for.</param>
    public PolicyMeter Meter(string resource, string policy, PolicyTarget target) => new(this, [resource, policy, ComponentMetrics.Namespace, target.Flow, target.Label]);

    /// <summary>Reads the breakers' states; of several for one target the worst counts.</summary>
    public void Observe(IEnumerable<(PolicyMeter Meter, CircuitState State)> breakers)
    {
        foreach (var target in breakers.GroupBy(breaker => string.Join('\n', breaker.Meter.Labels), breaker => breaker))
        {
            var (labels, worst) = (target.First().Meter.Labels, target.Max(breaker => breaker.State));
            foreach (var state in Enum.GetValues<CircuitState>())
            {
                _state.WithLabels([.. labels, TextOf(state)]).Set(state == worst ? 1 : 0);
            }
        }
    }

    public static string TextOf(CircuitState state) => state switch
    {
        CircuitState.Closed => "closed",
        CircuitState.HalfOpen => "half-open",
        _ => "open",
    };

    public void Applied(PolicyMeter meter, string status) => _applied.WithLabels([.. meter.Labels, status]).Inc();

    public void Activated(PolicyMeter meter, string status) => _activated.WithLabels([.. meter.Labels, status]).Inc();
}

/// <summary>Counts for one policy of one target.</summary>
internal sealed class PolicyMeter(ResiliencyMetrics metrics, string[] labels)
{
    public string[] Labels => labels;

    public void Applied(string status = "") => metrics.Applied(this, status);

    public void Activated(string status = "") => metrics.Activated(this, status);
}

/// <summary>A target as daprd names it in metrics: <c>app_orders</c>, <c>actor_Counter</c>, <c>Statestore_orders-store</c>; inbound or outbound.</summary>
internal readonly record struct PolicyTarget(string Label, string Flow);
