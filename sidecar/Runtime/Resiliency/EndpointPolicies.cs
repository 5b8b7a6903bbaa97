using System.Collections.Concurrent;

namespace DaprShop.Sidecar.Resiliency;

/// <summary>
/// One app's policies by endpoint. Only a circuit breaker has a memory, so without one all endpoints share a policy; with one,
/// the endpoints used last are kept and the others forgotten.
/// </summary>
internal sealed class EndpointPolicies(int size, bool perEndpoint, Func<string, ResiliencyPolicy> build)
{
    private readonly ConcurrentDictionary<string, Entry> _byEndpoint = new();
    private readonly ResiliencyPolicy? _shared = perEndpoint ? null : build("");
    private long _clock;

    public IEnumerable<ResiliencyPolicy> All => _shared is null ? _byEndpoint.Values.Select(entry => entry.Policy) : [_shared];

    public ResiliencyPolicy For(string endpoint)
    {
        if (_shared is not null)
        {
            return _shared;
        }

        if (!_byEndpoint.TryGetValue(endpoint, out var entry))
        {
            entry = _byEndpoint.GetOrAdd(endpoint, name => new Entry(build(name)));
            Forget();
        }

        entry.LastUse = Interlocked.Increment(ref _clock);
        return entry.Policy;
    }

    private void Forget()
    {
        if (_byEndpoint.Count > size && _byEndpoint.Where(pair => pair.Value.LastUse > 0).MinBy(pair => pair.Value.LastUse) is { Key: { } oldest })
        {
            _byEndpoint.TryRemove(oldest, out _);
        }
    }

    private sealed class Entry(ResiliencyPolicy policy)
    {
        private long _lastUse;

        public ResiliencyPolicy Policy => policy;

        public long LastUse
        {
            get => Volatile.Read(ref _lastUse);
            set => Volatile.Write(ref _lastUse, value);
        }
    }
}
