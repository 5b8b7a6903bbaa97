using System.Collections.Concurrent;

namespace DaprShop.Sidecar.Invocation;

/// <summary>The sidecars of this process by app id: name resolution of the embedded runtime.</summary>
internal sealed class AppDirectory
{
    private readonly ConcurrentDictionary<string, Sidecar[]> _apps = new(StringComparer.OrdinalIgnoreCase);

    public void Add(Sidecar sidecar) => _apps.AddOrUpdate(sidecar.AppId, [sidecar], (_, instances) => [.. instances, sidecar]);

    /// <summary>All instances of an app id; empty when it is unknown.</summary>
    public IReadOnlyList<Sidecar> Find(string appId) => _apps.TryGetValue(appId, out var instances) ? instances : [];

    public IEnumerable<Sidecar> All => _apps.Values.SelectMany(instances => instances);
}
