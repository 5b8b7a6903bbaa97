namespace DaprShop.Sidecar.Resources;

/// <summary>A Component (dapr.io/v1alpha1): one instance of a building block.</summary>
public sealed record Component
{
    public required string Name { get; init; }

    /// <summary>Such as <c>state.sqlite</c>.</summary>
    public required string Type { get; init; }

    public string Version { get; init; } = "v1";

    public bool IgnoreErrors { get; init; }

    /// <summary>Metadata by name (case-insensitive); values are text, secrets and templates already resolved.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names of the metadata whose values hold a <c>{uuid}</c>: others at each start.</summary>
    public IReadOnlyList<string> RandomMetadata { get; init; } = [];

    /// <summary>App ids that may use it; empty is all.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Where it was read from, such as <c>components/pubsub.yaml:3</c>, for messages.</summary>
    public string Source { get; init; } = "";

    /// <summary>The block it belongs to: the part of the type before the first dot (state, pubsub, secretstores, …).</summary>
    public string Category => Type[..Math.Max(0, Type.IndexOf('.', StringComparison.Ordinal))];
}
