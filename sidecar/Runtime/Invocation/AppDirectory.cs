using System.Collections.Concurrent;

namespace DaprShop.Sidecar.Invocation;

/// <summary>The sidecars of this process by app id: name resolution of the embedded runtime.</summary>
internal sealed class AppDirectory
{
    private readonly ConcurrentDictionary<string, AppInstances> _apps = new(StringComparer.Ordinal);

    public void Add(Sidecar sidecar) => _apps.AddOrUpdate(
        sidecar.AppId, id => new AppInstances(id, [sidecar]), (id, known) => new AppInstances(id, [.. known.All, sidecar]));

    /// <summary>Takes a stopped sidecar out; the app id stays as long as it has another instance.</summary>
    public void Remove(Sidecar sidecar)
    {
        while (_apps.TryGetValue(sidecar.AppId, out var known))
        {
            var rest = new AppInstances(sidecar.AppId, [.. known.All.Where(instance => instance != sidecar)]);
            if (rest.All.Count > 0 ? _apps.TryUpdate(sidecar.AppId, rest, known) : _apps.TryRemove(KeyValuePair.Create(sidecar.AppId, known)))
            {
                return;
            }
        }
    }

    /// <summary>The app with this id, or else the one whose id differs only in case (clients lower-case what stands in a URL's host).</summary>
    public AppInstances? Resolve(string appId) => _apps.TryGetValue(appId, out var app)
        ? app
        : _apps.FirstOrDefault(pair => pair.Key.Equals(appId, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>All instances of an app id; empty when it is unknown.</summary>
    public IReadOnlyList<Sidecar> Find(string appId) => Resolve(appId)?.All ?? [];

    public IEnumerable<Sidecar> All => _apps.Values.SelectMany(app => app.All);
}
