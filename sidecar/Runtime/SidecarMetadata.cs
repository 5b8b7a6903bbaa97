using System.Collections.Concurrent;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar;

/// <summary>What GET /v1.0/metadata and gRPC GetMetadata tell of a sidecar.</summary>
internal sealed class SidecarMetadata(Sidecar sidecar)
{
    /// <summary>The daprd release whose behaviour the embedded runtime follows.</summary>
    public const string RuntimeVersion = "1.17.13+embedded";

    /// <summary>daprd's words; what its placement service does is part of this runtime.</summary>
    public const string Placement = "placement: connected";

    private readonly ConcurrentDictionary<string, string> _extended = new(
        [KeyValuePair.Create("daprRuntimeVersion", RuntimeVersion)], StringComparer.Ordinal);

    /// <summary>Set by the run host and by the app (PUT /v1.0/metadata/{key}).</summary>
    public IReadOnlyDictionary<string, string> Extended => _extended;

    /// <summary>Components that were initialised.</summary>
    public IReadOnlyList<Component> Components { get; set; } = [];

    public IEnumerable<string> EnabledFeatures =>
        sidecar.Resources.Configuration.Features.Where(feature => feature.Value).Select(feature => feature.Key);

    public void Set(string key, string value) => _extended[key] = value;

    public static IReadOnlyList<string> CapabilitiesOf(Component component) => component.Category switch
    {
        "state" => ["ETAG", "TRANSACTIONAL", "TTL", "ACTOR"],
        "bindings" when component.Type == "bindings.cron" => ["INPUT_BINDING"],
        "bindings" => ["OUTPUT_BINDING"],
        _ => [],
    };

    public static string TypeOf(Subscription subscription) => subscription.Streaming ? "STREAMING"
        : subscription.Declarative ? "DECLARATIVE"
        : "PROGRAMMATIC";
}
