using System.Collections.Frozen;

namespace DaprShop.Sidecar.Actors;

/// <summary>
/// Which instance owns an actor: one at a time, by a hash over the instances that host its type. When an instance joins or leaves,
/// the actors that get another owner are drained at their old one before the new one activates them.
/// </summary>
internal sealed class ActorPlacement : IDisposable
{
    private readonly SemaphoreSlim _changes = new(1);
    private readonly Lock _gate = new();
    private Tables _tables = new(Table.Empty, null);

    /// <summary>The hosts have changed.</summary>
    public event Action? Changed;

    /// <summary>The actor types that can be called now.</summary>
    public IEnumerable<string> Types => _tables.Current.Types;

    public Task JoinAsync(ActorHost host) => ChangeAsync(hosts => [.. hosts, host]);

    public Task LeaveAsync(ActorHost host) => ChangeAsync(hosts => [.. hosts.Where(other => other != host)]);

    /// <summary>
    /// The owner of an actor, once its former owner has deactivated it; null when no instance hosts its type. A call of the chain
    /// that holds the actor's turn still finds the former owner, which waits for that chain's end.
    /// </summary>
    public async ValueTask<ActorHost?> FindAsync(ActorKey key, string? chain, CancellationToken cancellationToken)
    {
        Tables tables;
        lock (_gate)
        {
            tables = _tables;
        }

        if (tables.Former?.OwnerOf(key)?.Find(key) is { } leaving && tables.Former.OwnerOf(key) != tables.Current.OwnerOf(key))
        {
            if (leaving.Turns.IsHeldBy(chain))
            {
                return tables.Former.OwnerOf(key);
            }

            await leaving.WhenClosed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return tables.Current.OwnerOf(key);
    }

    public void Dispose() => _changes.Dispose();

    private async Task ChangeAsync(Func<IReadOnlyList<ActorHost>, IReadOnlyList<ActorHost>> change)
    {
        await _changes.WaitAsync().ConfigureAwait(false);
        try
        {
            var former = _tables.Current;
            var next = new Table(change(former.Hosts));
            ActorHost[] all = [.. former.Hosts.Union(next.Hosts)];
            lock (_gate)
            {
                foreach (var host in all)
                {
                    host.Own(key => next.OwnerOf(key) == host);
                }

                _tables = new Tables(next, former);
            }

            Changed?.Invoke();
            await Task.WhenAll(all.Select(host => host.DrainAsync())).ConfigureAwait(false);
            lock (_gate)
            {
                _tables = new Tables(next, null);
            }
        }
        finally
        {
            _changes.Release();
        }
    }

    private sealed record Tables(Table Current, Table? Former);

    private sealed class Table(IReadOnlyList<ActorHost> hosts)
    {
        public static readonly Table Empty = new([]);

        private readonly FrozenDictionary<string, ActorHost[]> _hosts = hosts
            .SelectMany(host => host.Types.Keys.Select(type => (type, host)))
            .GroupBy(pair => pair.type, pair => pair.host, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);

        public IReadOnlyList<ActorHost> Hosts => hosts;

        public IEnumerable<string> Types => _hosts.Keys;

        /// <summary>The host with the highest hash: when one leaves, only its own actors get another owner.</summary>
        public ActorHost? OwnerOf(ActorKey key)
        {
            if (!_hosts.TryGetValue(key.Type, out var candidates))
            {
                return null;
            }

            return candidates.Length == 1 ? candidates[0] : candidates.MaxBy(host => HashCode.Combine(host, key));
        }
    }
}
