using System.Security.Cryptography;
using System.Text;

namespace DaprShop.ServiceDefaults;

/// <summary>
/// The names of all things of a kind in a state store, because Dapr's state has no listing. They are spread by their hash over a fixed
/// number of values, so that things made at the same time seldom write the same one, and a list reads them all in one call. Add the name
/// before the thing: a crash in between leaves a name without a thing, which a list passes over, and never a thing that no list shows.
/// Both in one transaction would not do: the outbox publishes everything that a transaction writes.
/// </summary>
/// <param name="store">Where the things are, too.</param>
/// <param name="time">For the pauses between attempts.</param>
/// <param name="prefix">What the keys of the index begin with.</param>
public sealed class KeyIndex(EventingStore store, TimeProvider time, string prefix)
{
    private const int Buckets = 64;
    private const int MaxAttempts = 12;

    private readonly string[] _keys = [.. Enumerable.Range(0, Buckets).Select(bucket => $"{prefix}:{bucket}")];

    /// <summary>The first <paramref name="count"/> names behind <paramref name="after"/>, in ordinal order.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string? after, int count, CancellationToken cancellationToken)
    {
        var buckets = await store.FindManyAsync<Bucket>(_keys, cancellationToken);
        return
        [
            .. buckets.SelectMany(bucket => bucket.Names)
                .Where(name => after is null || string.CompareOrdinal(name, after) > 0)
                .Order(StringComparer.Ordinal)
                .Take(count),
        ];
    }

    /// <summary>Adds a name; one that is there already changes nothing.</summary>
    /// <exception cref="StateConflictException">Others kept writing the same value first.</exception>
    public Task AddAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(name, names => names.Contains(name) ? null : [.. names, name], cancellationToken);

    /// <summary>Removes a name; one that is not there changes nothing.</summary>
    /// <exception cref="StateConflictException">Others kept writing the same value first.</exception>
    public Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(name, names => names.Contains(name) ? [.. names.Where(other => other != name)] : null, cancellationToken);

    private async Task ChangeAsync(
        string name, Func<IReadOnlyList<string>, IReadOnlyList<string>?> change, CancellationToken cancellationToken)
    {
        var key = _keys[SHA256.HashData(Encoding.UTF8.GetBytes(name))[0] % Buckets];
        for (var attempt = 1; ; attempt++)
        {
            var stored = await store.FindAsync<Bucket>(key, cancellationToken);
            if (change(stored?.Value.Names ?? []) is not { } names)
            {
                return;
            }

            try
            {
                await store.SaveQuietlyAsync(key, new Bucket(names), stored?.ETag, cancellationToken);
                return;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 10 * attempt)), time, cancellationToken);
            }
        }
    }

    private sealed record Bucket(IReadOnlyList<string> Names);
}
