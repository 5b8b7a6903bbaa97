using System.Text.Json;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;
using Microsoft.IdentityModel.Tokens;

namespace DaprShop.Gateway;

/// <summary>
/// The public keys that identity signs with (a JSON Web Key Set, RFC 7517). They are fetched when a token names one that is not known, and
/// again when they are old, so that a withdrawn key ends; while identity is down the last ones go on. Whatever clients send, identity is
/// asked once in a while only.
/// </summary>
public sealed partial class SigningKeys(
    [FromKeyedServices(AppIds.Identity)] ServiceClient identity, TimeProvider time, ILogger<SigningKeys> logger) : IDisposable
{
    /// <summary>The pause between two requests to identity.</summary>
    public static readonly TimeSpan Floor = TimeSpan.FromSeconds(5);

    /// <summary>Keys older than this are fetched again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _fetching = new(1, 1);
    private volatile KeyRing? _ring;
    private long? _askedAt;

    /// <summary>The key of that id, if it is here.</summary>
    public IEnumerable<SecurityKey> Find(string? keyId) => _ring?.Keys.Where(key => key.KeyId == keyId) ?? [];

    /// <summary>Sees to it that the key is here if identity has it.</summary>
    /// <exception cref="DependencyUnavailableException">There are no keys at all: identity never answered.</exception>
    public async Task PrepareAsync(string? keyId, CancellationToken cancellationToken)
    {
        if (_ring is { } ring && Find(keyId).Any())
        {
            if (time.GetElapsedTime(ring.FetchedAt) > Lifetime && _fetching.Wait(0, CancellationToken.None))
            {
                _ = FetchAndReleaseAsync(CancellationToken.None);
            }

            return;
        }

        await _fetching.WaitAsync(cancellationToken);
        if (Find(keyId).Any())
        {
            _fetching.Release();
            return;
        }

        await FetchAndReleaseAsync(cancellationToken);
        if (_ring is null)
        {
            throw new DependencyUnavailableException(AppIds.Identity, "no signing keys yet");
        }
    }

    public void Dispose() => _fetching.Dispose();

    private async Task FetchAndReleaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_askedAt is { } last && time.GetElapsedTime(last) < Floor)
            {
                return;
            }

            var answer = await identity.FindAsync<JsonElement>(Tokens.KeySetPath, cancellationToken);
            _ring = new KeyRing([.. new JsonWebKeySet(answer.GetRawText()).GetSigningKeys()], time.GetTimestamp());
            _askedAt = time.GetTimestamp();
        }
        catch (Exception failure) when (failure is DependencyUnavailableException or ArgumentException or InvalidOperationException)
        {
            _askedAt = time.GetTimestamp();
            NotFetched(failure.Message);
        }
        finally
        {
            _fetching.Release();
        }
    }

    [LoggerMessage(LogLevel.Warning, "The signing keys cannot be fetched: {Reason}")]
    private partial void NotFetched(string reason);

    private sealed record KeyRing(IReadOnlyList<SecurityKey> Keys, long FetchedAt);
}
