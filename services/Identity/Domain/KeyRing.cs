using System.Text.Json.Serialization;

namespace DaprShop.Identity.Domain;

/// <summary>The keys that tokens are, and were, signed with; the newest comes first and signs.</summary>
public sealed record KeyRing(IReadOnlyList<SigningKey> Keys)
{
    public static KeyRing Empty { get; } = new([]);

    [JsonIgnore]
    public SigningKey? Current => Keys is [{ RetiredAt: null } newest, ..] ? newest : null;

    /// <summary>Whether there is no key to sign with, or it has signed long enough.</summary>
    public bool IsDue(DateTimeOffset now, TimeSpan lifetime) => Current is not { } current || now - current.CreatedAt >= lifetime;

    /// <summary>Puts the new key first. Retired ones stay for <paramref name="keep"/>, while tokens that they signed are still good.</summary>
    public KeyRing Rotate(SigningKey key, DateTimeOffset now, TimeSpan keep) =>
        new([key, .. Published(now, keep).Select(old => old with { RetiredAt = old.RetiredAt ?? now })]);

    /// <summary>The keys that somebody may still need to check a token with.</summary>
    public IEnumerable<SigningKey> Published(DateTimeOffset now, TimeSpan keep) =>
        Keys.Where(key => key.RetiredAt is not { } retired || now - retired < keep);
}

/// <summary>A key pair on curve P-256: the public point in base64url (RFC 7518), the private key encrypted.</summary>
public sealed record SigningKey(
    string Id, string X, string Y, string EncryptedPrivateKey, DateTimeOffset CreatedAt, DateTimeOffset? RetiredAt = null);
