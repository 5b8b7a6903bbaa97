using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Locks;

/// <summary>The lock stores in one app's scope.</summary>
internal sealed class LockStores(Sidecar sidecar)
{
    private readonly Dictionary<string, LockStore> _stores = new(StringComparer.Ordinal);

    /// <summary>Opens a component. Throws <see cref="InvalidDataException"/> when it cannot be used.</summary>
    public void Add(Component component) => _stores.Add(component.Name, new LockStore(sidecar, component));

    /// <summary>True when <paramref name="owner"/> now holds the resource; a <see cref="DaprApiException"/> for a request that is wrong.</summary>
    public Task<bool> TryLockAsync(string store, string resource, string owner, int expiryInSeconds, CancellationToken cancellationToken)
    {
        Check(store, resource, owner);
        return expiryInSeconds > 0
            ? Find(store).TryLockAsync(resource, owner, expiryInSeconds, cancellationToken)
            : throw LockErrors.ExpiryNotPositive(store);
    }

    /// <summary>Releases the resource if <paramref name="owner"/> holds it; a <see cref="DaprApiException"/> for a request that is wrong.</summary>
    public Task<UnlockResult> UnlockAsync(string store, string resource, string owner, CancellationToken cancellationToken)
    {
        Check(store, resource, owner);
        return Find(store).UnlockAsync(resource, owner, cancellationToken);
    }

    private void Check(string store, string resource, string owner)
    {
        if (_stores.Count == 0)
        {
            throw LockErrors.NotConfigured();
        }

        if (resource.Length == 0)
        {
            throw LockErrors.ResourceEmpty(store);
        }

        if (owner.Length == 0)
        {
            throw LockErrors.OwnerEmpty(store);
        }
    }

    private LockStore Find(string name) => _stores.TryGetValue(name, out var store) ? store : throw LockErrors.NotFound(name);
}
