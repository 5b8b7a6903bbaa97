namespace DaprShop.Sidecar.Resources;

/// <summary>All resources in one app's scope, as they stand after loading, scoping and secret look-up.</summary>
public sealed record ResourceSet
{
    public IReadOnlyList<Component> Components { get; init; } = [];

    public IReadOnlyList<Subscription> Subscriptions { get; init; } = [];

    public IReadOnlyList<ResiliencySpec> Resiliency { get; init; } = [];

    public ConfigurationSpec Configuration { get; init; } = new();
}
