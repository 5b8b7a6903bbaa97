using System.Collections.Concurrent;
using DaprShop.Sidecar.Observability;
using DaprShop.Sidecar.Resources;
using Polly;

namespace DaprShop.Sidecar.Resiliency;

/// <summary>
/// The policies of one app's Resiliency resources, per target. A policy nests as in Dapr: retry outermost, then circuit
/// breaker, then a time-out per attempt. Breakers live as long as the sidecar.
/// </summary>
internal sealed partial class ResiliencyPolicies
{
    private const string ServiceRetriesName = "DaprBuiltInServiceRetries";
    private const string ActorRetriesName = "DaprBuiltInActorRetries";
    private const string Outbound = "outbound";
    private const int ActorBreakers = 5000;
    private const int BuiltInRetries = 3;
    private const int AppBreakers = 100;

    private readonly PolicyNames _names;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ResiliencyMetrics? _metrics;
    private readonly Dictionary<string, TargetSpec> _apps = [];
    private readonly Dictionary<string, TargetSpec> _actors = [];
    private readonly Dictionary<string, TargetSpec> _inbound = [];
    private readonly Dictionary<string, TargetSpec> _outbound = [];
    private readonly ConcurrentDictionary<string, EndpointPolicies> _appPolicies = new();
    private readonly ConcurrentDictionary<string, (EndpointPolicies Turn, ResiliencyPolicy Call)> _actorPolicies = new();
    private readonly ConcurrentDictionary<(string Name, bool Inbound), ResiliencyPolicy> _componentPolicies = new();

    public ResiliencyPolicies(
        IReadOnlyList<ResiliencySpec> specs, TimeProvider time, ILoggerFactory loggers, ResiliencyMetrics? metrics = null)
    {
        _metrics = metrics;
        _time = time;
        _logger = loggers.CreateLogger("dapr.runtime.resiliency");
        _names = new PolicyNames(specs, _logger);

        // All resources share one name space; a later one overwrites.
        foreach (var spec in specs)
        {
            Take(_apps, spec.Apps, "apps");
            Take(_actors, spec.Actors, "actors");
            Take(_inbound, spec.Inbound, "components (inbound)");
            Take(_outbound, spec.Outbound, "components (outbound)");
            metrics?.Loaded(spec.Name);
        }

        ServiceRetries = BuiltIn(ServiceRetriesName);
        ActorRetries = BuiltIn(ActorRetriesName);
    }

    /// <summary>
    /// <c>DaprBuiltInServiceRetries</c>: for a call that did not reach its target, when the target has no policy of its own.
    /// </summary>
    public ResiliencyPolicy ServiceRetries { get; }

    /// <summary><c>DaprBuiltInActorRetries</c>: the same for calls to actors.</summary>
    public ResiliencyPolicy ActorRetries { get; }

    /// <summary>The circuit breakers that exist, and what they counted.</summary>
    public IEnumerable<CircuitBreakerSnapshot> Breakers => Policies.Select(policy => policy.Breaker?.Snapshot()).OfType<CircuitBreakerSnapshot>();

    /// <summary>The state of each breaker, with what it is counted by.</summary>
    public IEnumerable<(PolicyMeter Meter, CircuitState State)> BreakerStates => Policies
        .Where(policy => policy is { Breaker: not null, Meters.Breaker: not null })
        .Select(policy => (policy.Meters.Breaker!, policy.Breaker!.Snapshot().State));

    private IEnumerable<ResiliencyPolicy> Policies => _appPolicies.Values
        .Concat(_actorPolicies.Values.Select(actor => actor.Turn))
        .SelectMany(target => target.All)
        .Concat(_componentPolicies.Values);

    /// <summary>Calls to another app: one breaker per app id and endpoint.</summary>
    public ResiliencyPolicy ForApp(string appId, string endpoint) =>
        _appPolicies.TryGetValue(appId, out var policies) ? policies.For(endpoint) : AddApp(appId).For(endpoint);

    /// <summary>Calls to an actor: retry and breaker are around the wait for its turn, the time-out is for the call alone.</summary>
    public ActorPolicy ForActor(string type, string id)
    {
        var (turn, call) = _actorPolicies.GetOrAdd(_actors.ContainsKey(type) ? type : "", static (type, self) => self.AddActor(type), this);
        return new ActorPolicy(turn.For(id), call);
    }

    /// <summary>API calls to a component. <paramref name="category"/> is the type's first part: state, pubsub, secretstores, ….</summary>
    public ResiliencyPolicy ForComponentOutbound(string name, string category) => ForComponent(name, category, inbound: false);

    /// <summary>Delivery of a component's messages to the app.</summary>
    public ResiliencyPolicy ForComponentInbound(string name, string category) => ForComponent(name, category, inbound: true);

    private EndpointPolicies AddApp(string appId) => _appPolicies.GetOrAdd(appId, static (id, self) =>
    {
        var target = self._apps.GetValueOrDefault(id) ?? self._names.Defaults(["App"]);
        return new EndpointPolicies(
            target.CircuitBreakerCacheSize is > 0 and var size ? size : AppBreakers,
            perEndpoint: target.CircuitBreaker is not null && self._names.Breaker(target.CircuitBreaker) is not null,
            endpoint => self.Build($"endpoint[{id}, {id}:{endpoint}]", target, new PolicyTarget($"app_{id}", Outbound)));
    }, this);

    private (EndpointPolicies Turn, ResiliencyPolicy Call) AddActor(string type)
    {
        var target = _actors.GetValueOrDefault(type) ?? _names.Defaults(["Actor"]);
        var turn = target with { Timeout = null };
        var measured = new PolicyTarget($"actor_{type}", Outbound);
        return (
            new EndpointPolicies(
                target.CircuitBreakerCacheSize is > 0 and var size ? size : ActorBreakers,
                perEndpoint: target.CircuitBreakerScope is not "type" && _names.Breaker(target.CircuitBreaker) is not null,
                id => Build($"actor[{type}{(id.Length > 0 ? $", {id}" : "")}]", turn, measured)),
            Build($"actor[{type}]", new TargetSpec(target.Timeout, null, null), measured));
    }

    private ResiliencyPolicy BuiltIn(string name)
    {
        var retry = _names.Retry(name) ?? new RetrySpec { Duration = TimeSpan.FromSeconds(1), MaxRetries = BuiltInRetries };
        retry = retry.MaxRetries is >= 0 and < BuiltInRetries ? retry with { MaxRetries = BuiltInRetries } : retry;
        return new ResiliencyPolicy(name, null, retry, null, _time, _logger);
    }

    private ResiliencyPolicy ForComponent(string name, string category, bool inbound) =>
        _componentPolicies.TryGetValue((name, inbound), out var policy) ? policy : AddComponent(name, category, inbound);

    private ResiliencyPolicy AddComponent(string name, string category, bool inbound)
    {
        var direction = inbound ? "ComponentInbound" : "ComponentOutbound";
        var target = (inbound ? _inbound : _outbound).GetValueOrDefault(name)
            ?? _names.Defaults([PolicyNames.TypeOf(category) + direction, direction, "Component"]);
        var measured = new PolicyTarget($"{PolicyNames.TypeOf(category)}_{name}", inbound ? "inbound" : Outbound);
        return _componentPolicies.GetOrAdd((name, inbound), Build($"component[{name}] {(inbound ? "input" : "output")}", target, measured));
    }

    private ResiliencyPolicy Build(string operation, TargetSpec target, PolicyTarget measured)
    {
        var timeout = _names.Timeout(target.Timeout);
        var retry = _names.Retry(target.Retry);
        var breaker = _names.Breaker(target.CircuitBreaker) is { } spec ? new CircuitBreaker(operation, spec, _time, _logger) : null;
        if (timeout is null && retry is null && breaker is null)
        {
            return ResiliencyPolicy.None;
        }

        var meters = new PolicyMeters(
            Meter(timeout is null ? null : target.Timeout, "timeout", measured),
            Meter(retry is null ? null : target.Retry, "retry", measured),
            Meter(breaker is null ? null : target.CircuitBreaker, "circuitbreaker", measured));
        if (breaker is not null)
        {
            breaker.Changed = state => meters.Breaker?.Activated(ResiliencyMetrics.TextOf(state));
        }

        return new ResiliencyPolicy(operation, timeout, retry, breaker, _time, _logger, meters);
    }

    private PolicyMeter? Meter(string? policy, string kind, PolicyTarget target) =>
        policy is null ? null : _metrics?.Meter(_names.ResourceOf(policy), kind, target);

    private void Take(Dictionary<string, TargetSpec> into, IReadOnlyDictionary<string, TargetSpec> targets, string kind)
    {
        foreach (var (name, target) in targets)
        {
            into[name] = target;
            foreach (var policy in _names.Unknown(target))
            {
                LogUnknownPolicy($"{kind}.{name}", policy);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Resiliency target {Target} names the policy {Policy}, which does not exist: it has no such policy")]
    private partial void LogUnknownPolicy(string target, string policy);
}

/// <summary>An actor's policies: <paramref name="Turn"/> around the wait for its turn and the call, <paramref name="Call"/> around the call.</summary>
internal readonly record struct ActorPolicy(ResiliencyPolicy Turn, ResiliencyPolicy Call);
