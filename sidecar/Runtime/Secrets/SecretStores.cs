using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Secrets;

/// <summary>The secret stores in one app's scope, under the secret scopes of its Configuration.</summary>
internal sealed class SecretStores(Sidecar sidecar)
{
    private readonly Dictionary<string, SecretStore> _stores = new(StringComparer.Ordinal);

    /// <summary>Opens a component. Throws <see cref="InvalidDataException"/> or <see cref="IOException"/> when it cannot be used.</summary>
    public void Add(Component component) => _stores.Add(component.Name, SecretStore.Open(component, sidecar.Options.WorkingDirectory));

    /// <summary>The entries of a secret. A <see cref="DaprApiException"/> tells why there are none.</summary>
    public IReadOnlyDictionary<string, string> Get(string storeName, string name)
    {
        var store = Store(storeName);
        if (!IsAllowed(storeName, name))
        {
            throw SecretErrors.Denied(storeName, name);
        }

        return store.Get(name) ?? throw SecretErrors.Missing(storeName, name);
    }

    /// <summary>All secrets that the scopes allow, by name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> GetAll(string storeName) =>
        Store(storeName).GetAll().Where(secret => IsAllowed(storeName, secret.Key)).ToDictionary();

    private SecretStore Store(string name)
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
