using System.Security.Cryptography;
using DaprShop.Identity.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace DaprShop.Identity.Keys;

/// <summary>
/// The key ring in the store, which all replicas share. A key that has signed for its lifetime is replaced before it signs again, by whichever
/// replica needs it first.
/// </summary>
internal sealed partial class SigningKeys(
    EventingStore store, KeyVault vault, IOptions<IdentitySettings> options, TimeProvider time, ILogger<SigningKeys> logger) : IDisposable
{
    private const string RingKey = "signing-keys";

    // Between the clocks of those who sign and those who check.
    private static readonly TimeSpan s_clockSkew = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private OpenKey? _open;

    // A retired key may sign on until the last replica has read of its successor.
    private TimeSpan Keep => options.Value.AccessTokenLifetime + options.Value.SigningKeyRefresh + s_clockSkew;

    /// <summary>The key to sign with now.</summary>
    public async Task<ECDsaSecurityKey> CurrentAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (_open is null || time.GetUtcNow() - _open.ReadAt >= options.Value.SigningKeyRefresh)
            {
                _open = await ReadAsync(cancellationToken);
            }

            return _open.Key;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>The public halves that tokens may be checked with, newest first; there is always one.</summary>
    public async Task<IReadOnlyList<SigningKey>> PublishedAsync(CancellationToken cancellationToken)
    {
        var ring = await RotateAsync(ring => ring.IsDue(time.GetUtcNow(), options.Value.SigningKeyLifetime), cancellationToken);
        return [.. ring.Published(time.GetUtcNow(), Keep)];
    }

    /// <summary>Replaces the key now.</summary>
    public async Task<SigningKey> RotateAsync(CancellationToken cancellationToken)
    {
        var ring = await RotateAsync(_ => true, cancellationToken);
        await _oneAtATime.WaitAsync(cancellationToken);
        _open = null;
        _oneAtATime.Release();
        return ring.Current!;
    }

    public void Dispose() => _oneAtATime.Dispose();

    private async Task<OpenKey> ReadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ring = await RotateAsync(ring => ring.IsDue(now, options.Value.SigningKeyLifetime), cancellationToken);
        if (_open?.Key.KeyId == ring.Current!.Id)
        {
            return _open with { ReadAt = now };
        }

        try
        {
            return new OpenKey(await vault.OpenAsync(ring.Current, cancellationToken), now);
        }
        catch (CryptographicException)
        {
            CannotOpen(ring.Current.Id);
            var closed = ring.Current.Id;
            ring = await RotateAsync(ring => ring.Current?.Id == closed, cancellationToken);
            return new OpenKey(await vault.OpenAsync(ring.Current!, cancellationToken), now);
        }
    }

    private async Task<KeyRing> RotateAsync(Func<KeyRing, bool> isWanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await store.FindAsync<KeyRing>(RingKey, cancellationToken);
            var ring = stored?.Value ?? KeyRing.Empty;
            if (!isWanted(ring))
            {
                return ring;
            }

            var now = time.GetUtcNow();
            var rotated = ring.Rotate(await vault.CreateAsync(now, cancellationToken), now, Keep);
            try
            {
                await store.SaveQuietlyAsync(RingKey, rotated, stored?.ETag, cancellationToken);
                Rotated(rotated.Current!.Id);
                return rotated;
            }
            catch (StateConflictException)
            {
                // Another replica was first; see whether its key will do.
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Tokens are signed with key {Id} from now on")]
    private partial void Rotated(string id);

    [LoggerMessage(LogLevel.Error, "Key {Id} cannot be decrypted with the secret store's key; it is replaced")]
    private partial void CannotOpen(string id);

    private sealed record OpenKey(ECDsaSecurityKey Key, DateTimeOffset ReadAt);
}
