using System.Collections.Concurrent;
using DaprShop.Sidecar.Storage;

namespace DaprShop.Sidecar.Configuration;

/// <summary>Sets values, and tells the subscriptions of all apps of the process once a value is stored.</summary>
internal sealed class ConfigurationChanges(Database database)
{
    private readonly ConcurrentDictionary<ConfigurationSubscription, bool> _subscriptions = new();

    /// <summary>Completes when the value is durable; subscribers are told even of a value that is the same as before.</summary>
    public Task SetAsync(string store, ConfigurationItem item, CancellationToken cancellationToken) => database.WriteAsync(
        session =>
        {
            ConfigurationTable.Set(session, store, item);
            session.OnCommitted(() => Tell(store, item));
        },
        cancellationToken);

    public void Add(ConfigurationSubscription subscription) => _subscriptions.TryAdd(subscription, true);

    public void Remove(ConfigurationSubscription subscription) => _subscriptions.TryRemove(subscription, out _);

    private void Tell(string store, ConfigurationItem item)
    {
        foreach (var (subscription, _) in _subscriptions)
        {
            subscription.Offer(store, item);
        }
    }
}
