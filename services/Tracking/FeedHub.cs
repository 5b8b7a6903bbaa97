using System.Collections.Concurrent;
using System.Threading.Channels;
using DaprShop.Contracts;

namespace DaprShop.Tracking;

/// <summary>Hands the events about an order to the clients of this replica that follow it. Nothing is kept for orders that nobody follows.</summary>
internal sealed class FeedHub
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<Feed, bool>> _followed = new(StringComparer.Ordinal);

    /// <summary>From here on all events about the order reach the feed.</summary>
    public Feed Follow(string orderId)
    {
        var feed = new Feed(orderId, this);
        lock (_followed)
        {
            _followed.GetOrAdd(orderId, _ => new ConcurrentDictionary<Feed, bool>())[feed] = true;
        }

        return feed;
    }

    public void Publish(string orderId, Signal signal)
    {
        if (_followed.TryGetValue(orderId, out var feeds))
        {
            foreach (var feed in feeds.Keys)
            {
                feed.Write(signal);
            }
        }
    }

    private void Forget(Feed feed)
    {
        lock (_followed)
        {
            if (_followed.TryGetValue(feed.OrderId, out var feeds) && feeds.TryRemove(feed, out _) && feeds.IsEmpty)
            {
                _followed.TryRemove(feed.OrderId, out _);
            }
        }
    }

    /// <summary>What one client is still to be told. It is bounded: whoever is too slow misses signals, sees the gap and asks shipping.</summary>
    internal sealed class Feed(string orderId, FeedHub hub) : IDisposable
    {
        private const int Capacity = 64;

        private readonly Channel<Signal> _signals = Channel.CreateBounded<Signal>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

        public string OrderId => orderId;

        public void Write(Signal signal) => _signals.Writer.TryWrite(signal);

        public IAsyncEnumerable<Signal> ReadAllAsync(CancellationToken cancellationToken) => _signals.Reader.ReadAllAsync(cancellationToken);

        public void Dispose() => hub.Forget(this);
    }
}

/// <summary>Why a client is to be told something: a parcel moved, the shipment's status changed, or it is time for a sign of life.</summary>
internal sealed record Signal(ParcelMoved? Move)
{
    public static Signal StatusChanged { get; } = new((ParcelMoved?)null);

    public static Signal Heartbeat { get; } = new((ParcelMoved?)null);

    public bool IsHeartbeat => ReferenceEquals(this, Heartbeat);
}
