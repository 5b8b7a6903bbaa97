using System.Collections.Frozen;
using System.Threading.Channels;

namespace DaprShop.Sidecar.Configuration;

/// <summary>Waits for changes of some keys of a store, or of all when it names none.</summary>
internal sealed class ConfigurationSubscription(string store, IReadOnlyCollection<string> keys)
{
    // A subscriber that does not keep up misses the oldest changes: the latest value is the one that counts.
    private const int Pending = 1000;

    private readonly FrozenSet<string> _keys = keys.ToFrozenSet(StringComparer.Ordinal);
    private readonly Channel<ConfigurationItem> _changes = Channel.CreateBounded<ConfigurationItem>(
        new BoundedChannelOptions(Pending) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public string Id { get; } = Guid.NewGuid().ToString();

    public string Store => store;

    /// <summary>Changes from the moment of subscribing on; ends when the subscription does.</summary>
    public IAsyncEnumerable<ConfigurationItem> ReadAllAsync(CancellationToken cancellationToken) =>
        _changes.Reader.ReadAllAsync(cancellationToken);

    public void Offer(string inStore, ConfigurationItem item)
    {
        if (inStore == store && (_keys.Count == 0 || _keys.Contains(item.Key)))
        {
            _changes.Writer.TryWrite(item);
        }
    }

    public void End() => _changes.Writer.TryComplete();
}
