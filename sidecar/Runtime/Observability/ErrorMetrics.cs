using Prometheus;

namespace DaprShop.Sidecar.Observability;

/// <summary>The API's errors by code, where the Configuration asks for them.</summary>
internal sealed class ErrorMetrics(MetricFamilies families)
{
    private readonly Counter _errors = families.Counter("error_code_total", "Errors by code.", "error_code", "category");

    public void Add(string code) => _errors.WithLabels(code, CategoryOf(code)).Inc();

    private static string CategoryOf(string code) => code.Split('_') switch
    {
        [_, "STATE", ..] or [_, "NOT", "SUPPORTED", "STATE", ..] => "state",
        [_, "PUBSUB" or "TOPIC" or "PUBLISH", ..] => "pubsub",
        [_, "ACTOR", ..] => "actor",
        [_, "SECRET" or "PERMISSION", ..] => "secret",
        [_, "CONFIGURATION", ..] => "configuration",
        [_, "LOCK" or "TRY" or "UNLOCK" or "RESOURCE", ..] => "lock",
        [_, "WORKFLOW" or "INSTANCE" or "START" or "GET" or "RAISE" or "PURGE" or "PAUSE" or "RESUME" or "TERMINATE", ..] => "workflow",
        [_, "INVOKE", ..] => "binding",
        [_, "DIRECT", ..] => "service-invocation",
        [_, "HEALTH", ..] => "health",
        _ => "common",
    };
}
