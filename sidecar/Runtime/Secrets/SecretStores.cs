using DaprShop.Sidecar.Observability;
using DaprShop.Sidecar.Resiliency;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Secrets;

/// <summary>The secret stores in one app's scope, under the secret scopes of its Configuration.</summary>
internal sealed class SecretStores(Sidecar sidecar)
{
    private readonly Dictionary<string, (SecretStore Store, ResiliencyPolicy Policy)> _stores = new(StringComparer.Ordinal);

    /// <summary>Opens a component. Throws <see cref="InvalidDataException"/> or <see cref="IOException"/> when it cannot be used.</summary>
    public void Add(Component component) => _stores.Add(
        component.Name,
        (SecretStore.Open(component, sidecar.Options.WorkingDirectory), sidecar.Policies.ForComponentOutbound(component.Name, component.Category)));

    /// <summary>The entries of a secret. A <see cref="DaprApiException"/> tells why there are none.</summary>
    public Task<IReadOnlyDictionary<string, string>> GetAsync(string storeName, string name, CancellationToken cancellationToken)
    {
        var (store, policy) = Find(storeName);
        if (!IsAllowed(storeName, name))
        {
            throw SecretErrors.Denied(storeName, name);
        }

        return Calls.MeasureAsync(storeName, "get", policy.CallAsync(
            _ => Task.FromResult(store.Get(name) ?? throw SecretErrors.Missing(storeName, name)),
            cause => SecretErrors.Get(storeName, name, cause),
            cancellationToken));
    }

    /// <summary>All secrets that the scopes allow, by name.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(
        string storeName, CancellationToken cancellationToken)
    {
        var (store, policy) = Find(storeName);
        var all = await Calls.MeasureAsync(storeName, "bulk_get", policy.CallAsync(
            _ => Task.FromResult(store.GetAll()), cause => SecretErrors.GetBulk(storeName, cause), cancellationToken)).ConfigureAwait(false);
        return all.Where(secret => IsAllowed(storeName, secret.Key)).ToDictionary();
    }

    private CallFamily<ComponentCall> Calls => sidecar.Metrics.Components.Secrets;

    private (SecretStore Store, ResiliencyPolicy Policy) Find(string name)
    {
        if (_stores.TryGetValue(name, out var store))
        {
            return store;
        }

        throw _stores.Count == 0 ? SecretErrors.NotConfigured() : SecretErrors.NotFound(name);
    }

    private bool IsAllowed(string storeName, string name)
    {
        var scope = sidecar.Resources.Configuration.SecretScopes.FirstOrDefault(scope => scope.StoreName == storeName);
        return scope is null
            || (!scope.Denied.Contains(name) && (scope.Allowed.Count > 0 ? scope.Allowed.Contains(name) : !scope.DenyByDefault));
    }
}
