using DaprShop.Sidecar.Cel;
using DaprShop.Sidecar.Resources.Yaml;

namespace DaprShop.Sidecar.Resources;

/// <summary>Reads Resiliency documents. daprd logs what is wrong in one and keeps the rest of it; so does a lenient reader.</summary>
internal static class ResiliencyReader
{
    public static ResiliencyDocument Read(YamlMap root, string name)
    {
        root.Expect("apiVersion", "kind", "metadata", "spec", "scopes");
        var scopes = root.Texts("scopes");
        var uses = new List<PolicyUse>();
        var spec = root.Map("spec");
        spec?.Expect("policies", "targets");
        var policies = spec?.Map("policies");
        policies?.Expect("timeouts", "retries", "circuitBreakers");
        var targets = spec?.Map("targets");
        targets?.Expect("apps", "actors", "components");
        var components = targets?.Map("components")?.Maps().ToArray() ?? [];
        foreach (var (_, component) in components)
        {
            component.Expect("inbound", "outbound");
        }

        var resiliency = new ResiliencySpec
        {
            Name = name,
            Timeouts = Timeouts(policies?.Map("timeouts")),
            Retries = Named(policies?.Map("retries"), Retry),
            CircuitBreakers = Named(policies?.Map("circuitBreakers"), CircuitBreaker),
            Apps = Named(targets?.Map("apps"), map => Target(map, uses, "circuitBreakerCacheSize")),
            Actors = Named(targets?.Map("actors"), map => ActorTarget(map, uses)),
            Inbound = Direction(components, "inbound", uses),
            Outbound = Direction(components, "outbound", uses),
        };
        return new ResiliencyDocument(root, name, scopes, resiliency, uses);
    }

    private static Dictionary<string, TimeSpan> Timeouts(YamlMap? map)
    {
        var timeouts = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (var key in map?.Keys ?? [])
        {
            if (map!.Duration(key, bareMilliseconds: true) is { } duration)
            {
                timeouts[key] = duration;
            }
        }

        return timeouts;
    }

    private static Dictionary<string, T> Named<T>(YamlMap? map, Func<YamlMap, T?> read)
        where T : class
    {
        var named = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var (key, item) in map?.Maps() ?? [])
        {
            if (read(item) is { } value)
            {
                named[key] = value;
            }
        }

        return named;
    }

    private static Dictionary<string, TargetSpec> Direction((string Key, YamlMap Map)[] components, string direction, List<PolicyUse> uses)
    {
        var targets = new Dictionary<string, TargetSpec>(StringComparer.Ordinal);
        foreach (var (name, component) in components)
        {
            if (component.Map(direction) is { } map)
            {
                targets[name] = Target(map, uses);
            }
        }

        return targets;
    }

    private static RetrySpec? Retry(YamlMap map)
    {
        map.Expect("policy", "duration", "maxInterval", "maxRetries", "matching");
        var policy = map.Text("policy")?.ToLowerInvariant() ?? "constant";
        if (policy is not ("" or "constant" or "exponential"))
        {
            map.Problem("policy", $"\"{policy}\" is not a retry policy, expected constant or exponential");
            return null;
        }

        var matching = map.Map("matching");
        matching?.Expect("httpStatusCodes", "gRPCStatusCodes");
        var defaults = new RetrySpec();
        return new RetrySpec
        {
            Exponential = policy == "exponential",
            Duration = map.Duration("duration", bareMilliseconds: true) ?? defaults.Duration,
            MaxInterval = map.Duration("maxInterval", bareMilliseconds: true) ?? defaults.MaxInterval,
            MaxRetries = map.Number("maxRetries") ?? defaults.MaxRetries,
            HttpStatusCodes = StatusCodes(matching, "httpStatusCodes", 100, 599),
            GrpcStatusCodes = StatusCodes(matching, "gRPCStatusCodes", 0, 16),
        };
    }

    private static string? StatusCodes(YamlMap? matching, string key, int lowest, int highest)
    {
        if (matching?.Text(key) is not { Length: > 0 } text)
        {
            return null;
        }

        bool IsCode(string part) => int.TryParse(part, out var code) && code >= lowest && code <= highest;
        foreach (var range in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = range.Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length > 2 || !ends.All(IsCode))
            {
                matching.Problem(key, $"\"{range}\" is not a range of status codes, expected codes from {lowest} to {highest} such as {lowest}-{highest}");
                return null;
            }
        }

        return text;
    }

    private static CircuitBreakerSpec? CircuitBreaker(YamlMap map)
    {
        map.Expect("maxRequests", "interval", "timeout", "trip");
        var defaults = new CircuitBreakerSpec();
        var breaker = new CircuitBreakerSpec
        {
            MaxRequests = map.Number("maxRequests") ?? defaults.MaxRequests,
            Interval = map.Duration("interval", bareMilliseconds: true) ?? defaults.Interval,
            Timeout = map.Duration("timeout", bareMilliseconds: true) ?? defaults.Timeout,
            Trip = map.Text("trip") is { Length: > 0 } trip ? trip : defaults.Trip,
        };
        try
        {
            CelExpression.Compile(breaker.Trip);
            return breaker;
        }
        catch (FormatException e)
        {
            map.Problem("trip", $"is not a CEL expression: {e.Message}");
            return null;
        }
    }

    private static TargetSpec ActorTarget(YamlMap map, List<PolicyUse> uses)
    {
        var target = Target(map, uses, "circuitBreakerScope", "circuitBreakerCacheSize");
        var scope = map.Text("circuitBreakerScope");
        if (target.CircuitBreaker is not null && scope is not ("type" or "id" or "both"))
        {
            map.Problem("circuitBreakerScope", $"is {(scope is null ? "missing" : $"\"{scope}\"")}, expected type, id or both");
        }

        return target with { CircuitBreakerScope = scope };
    }

    private static TargetSpec Target(YamlMap map, List<PolicyUse> uses, params ReadOnlySpan<string> more)
    {
        map.Expect(["timeout", "retry", "circuitBreaker", .. more]);
        string? Use(string slot)
        {
            var policy = map.Text(slot) is { Length: > 0 } name ? name : null;
            if (policy is not null)
            {
                uses.Add(new PolicyUse(map, slot, policy));
            }

            return policy;
        }

        return new TargetSpec(Use("timeout"), Use("retry"), Use("circuitBreaker"))
        {
            CircuitBreakerCacheSize = map.Number("circuitBreakerCacheSize"),
        };
    }
}

/// <summary>A Resiliency as it stands in its file, and the policies its targets name.</summary>
internal sealed record ResiliencyDocument(
    YamlMap Root, string Name, IReadOnlyList<string> Scopes, ResiliencySpec Spec, IReadOnlyList<PolicyUse> Uses);

/// <summary>A target's slot (timeout, retry, circuitBreaker) that names a policy.</summary>
internal sealed record PolicyUse(YamlMap Target, string Slot, string Policy);
