using System.Collections.Concurrent;
using DaprShop.Sidecar.Observability;
using DaprShop.Sidecar.Resiliency;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Configuration;

/// <summary>The configuration stores in one app's scope, and the app's subscriptions to them.</summary>
internal sealed class ConfigurationStores(Sidecar sidecar)
{
    private readonly Dictionary<string, ResiliencyPolicy> _stores = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConfigurationSubscription> _subscriptions = new();
    private readonly ConfigurationDelivery _delivery = new(sidecar);

    private ConfigurationChanges Changes => sidecar.Shared.Configuration;

    private CallFamily<ComponentCall> Calls => sidecar.Metrics.Components.Configuration;

    public void Add(Component component) =>
        _stores.Add(component.Name, sidecar.Policies.ForComponentOutbound(component.Name, component.Category));

    /// <summary>The values of the keys that exist, or all values when <paramref name="keys"/> is empty.</summary>
    public Task<IReadOnlyList<ConfigurationItem>> GetAsync(string store, IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        Calls.MeasureAsync(store, "get", Find(store).CallAsync(
            _ => Task.FromResult(Read(store, keys)), cause => ConfigurationErrors.Get(store, keys, cause), cancellationToken));

    /// <summary>Sets a value, which Dapr's own API cannot: its stores are filled by their own tools.</summary>
    public Task SetAsync(string store, ConfigurationItem item, CancellationToken cancellationToken)
    {
        Find(store);
        return Changes.SetAsync(store, item, cancellationToken);
    }

    /// <summary>Subscribes; the caller reads the changes and calls <see cref="Unsubscribe"/> when it stops.</summary>
    public ConfigurationSubscription Subscribe(string store, IReadOnlyCollection<string> keys)
    {
        Find(store);
        return Calls.Measure(store, "subscribe", () =>
        {
            var subscription = new ConfigurationSubscription(store, keys);
            _subscriptions[subscription.Id] = subscription;
            Changes.Add(subscription);
            return subscription;
        });
    }

    /// <summary>Subscribes the app: it gets each change as POST /configuration/{store}/{key} until it unsubscribes.</summary>
    public ConfigurationSubscription SubscribeApp(string store, IReadOnlyCollection<string> keys)
    {
        Find(store);
        if (!sidecar.App.Exists)
        {
            throw ConfigurationErrors.NoApp();
        }

        var subscription = Subscribe(store, keys);
        _delivery.Start(subscription);
        return subscription;
    }

    /// <summary>False when there is no subscription of that id.</summary>
    public bool Unsubscribe(string store, string id)
    {
        Find(store);
        if (!_subscriptions.TryGetValue(id, out var subscription) || subscription.Store != store || !_subscriptions.TryRemove(id, out _))
        {
            return false;
        }

        End(subscription);
        return true;
    }

    /// <summary>Ends all subscriptions and waits for call-backs under way.</summary>
    public async Task StopAsync()
    {
        foreach (var subscription in _subscriptions.Values)
        {
            End(subscription);
        }

        await _delivery.WhenDoneAsync().ConfigureAwait(false);
    }

    private void End(ConfigurationSubscription subscription)
    {
        Changes.Remove(subscription);
        subscription.End();
    }

    private IReadOnlyList<ConfigurationItem> Read(string store, IReadOnlyList<string> keys) => sidecar.Shared.Database.Read(session =>
        keys.Count == 0
            ? ConfigurationTable.FindAll(session, store)
            : [.. keys.Distinct(StringComparer.Ordinal).Select(key => ConfigurationTable.Find(session, store, key)).OfType<ConfigurationItem>()]);

    private ResiliencyPolicy Find(string name)
    {
        if (_stores.TryGetValue(name, out var policy))
        {
            return policy;
        }

        throw _stores.Count == 0 ? ConfigurationErrors.NotConfigured() : ConfigurationErrors.NotFound(name);
    }
}
