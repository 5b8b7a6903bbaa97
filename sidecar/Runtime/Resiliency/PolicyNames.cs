using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Resiliency;

/// <summary>The named policies of all Resiliency resources, which share one name space; a later one overwrites.</summary>
internal sealed partial class PolicyNames
{
    private readonly Dictionary<string, TimeSpan> _timeouts = [];
    private readonly Dictionary<string, RetrySpec> _retries = [];
    private readonly Dictionary<string, CircuitBreakerSpec> _breakers = [];
    private readonly Dictionary<string, string> _resources = [];
    private readonly ILogger _logger;

    public PolicyNames(IEnumerable<ResiliencySpec> specs, ILogger logger)
    {
        _logger = logger;
        foreach (var spec in specs)
        {
            foreach (var (name, timeout) in spec.Timeouts)
            {
                _timeouts[name] = timeout;
                _resources[name] = spec.Name;
            }

            foreach (var (name, retry) in spec.Retries)
            {
                Read(name, () => StatusCodes.Check(retry), () => _retries[name] = retry, spec.Name);
            }

            foreach (var (name, breaker) in spec.CircuitBreakers)
            {
                Read(name, () => TripCondition.Parse(breaker.Trip), () => _breakers[name] = breaker, spec.Name);
            }
        }
    }

    public TimeSpan? Timeout(string? name) => name is not null && _timeouts.TryGetValue(name, out var timeout) ? timeout : null;

    public RetrySpec? Retry(string? name) => name is null ? null : _retries.GetValueOrDefault(name);

    public CircuitBreakerSpec? Breaker(string? name) => name is null ? null : _breakers.GetValueOrDefault(name);

    /// <summary>The Resiliency resource that defines a policy.</summary>
    public string ResourceOf(string policy) => _resources.GetValueOrDefault(policy, "");

    /// <summary>The names in a target that belong to no policy.</summary>
    public IEnumerable<string> Unknown(TargetSpec target)
    {
        if (target.Timeout is { } timeout && !_timeouts.ContainsKey(timeout))
        {
            yield return timeout;
        }

        if (target.Retry is { } retry && !_retries.ContainsKey(retry))
        {
            yield return retry;
        }

        if (target.CircuitBreaker is { } breaker && !_breakers.ContainsKey(breaker))
        {
            yield return breaker;
        }
    }

    /// <summary>
    /// What a target without an entry uses: the policies called <c>Default</c> + target part + kind, the most specific part
    /// first and the global default (<c>DefaultRetryPolicy</c>) last.
    /// </summary>
    public TargetSpec Defaults(IEnumerable<string> parts)
    {
        string[] all = [.. parts, ""];
        return new TargetSpec(
            all.Select(part => $"Default{part}TimeoutPolicy").FirstOrDefault(_timeouts.ContainsKey),
            all.Select(part => $"Default{part}RetryPolicy").FirstOrDefault(_retries.ContainsKey),
            all.Select(part => $"Default{part}CircuitBreakerPolicy").FirstOrDefault(_breakers.ContainsKey));
    }

    /// <summary>How default policies spell a component's category.</summary>
    public static string TypeOf(string category) => category switch
    {
        "bindings" => "Binding",
        "configuration" => "Configuration",
        "lock" => "Lock",
        "pubsub" => "Pubsub",
        "crypto" => "Crypto",
        "conversation" => "Conversation",
        "secretstores" => "Secretstore",
        "state" => "Statestore",
        _ => "",
    };

    private void Read(string name, Action check, Action take, string resource)
    {
        try
        {
            check();
            take();
            _resources[name] = resource;
        }
        catch (FormatException failure)
        {
            LogUnreadable(name, failure.Message);
        }
    }

    [LoggerMessage(LogLevel.Error, "Could not read resiliency policy {Name}: {Reason}")]
    private partial void LogUnreadable(string name, string reason);
}
