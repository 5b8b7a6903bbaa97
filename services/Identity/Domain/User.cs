using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.Identity.Domain;

/// <summary>Somebody who can sign in, once the e-mail address is verified.</summary>
public sealed class User : Entity
{
    public const string CustomerRole = "customer";
    public const int MaxNameLength = 200;

    public User(
        string id,
        string email,
        string name,
        string passwordHash,
        IReadOnlyList<string> roles,
        DateTimeOffset createdAt,
        DateTimeOffset? verifiedAt,
        PendingVerification? pending)
        : base(id)
    {
        Email = new EmailAddress(email).Value;
        Name = CheckedName(name);
        PasswordHash = passwordHash;
        Roles = roles;
        CreatedAt = createdAt;
        VerifiedAt = verifiedAt;
        Pending = pending;
    }

    public string Email { get; }

    public string Name { get; }

    public string PasswordHash { get; private set; }

    public IReadOnlyList<string> Roles { get; }

    public DateTimeOffset CreatedAt { get; }

    public DateTimeOffset? VerifiedAt { get; private set; }

    /// <summary>What the last verification message asked for; null when there is nothing to verify.</summary>
    public PendingVerification? Pending { get; private set; }

    public static User Register(string id, EmailAddress email, string name, string passwordHash, PendingVerification pending, DateTimeOffset now) =>
        new(id, email.Value, name, passwordHash, [CustomerRole], now, verifiedAt: null, pending);

    /// <exception cref="DomainException">Field <c>name</c>.</exception>
    public static string CheckedName(string? name) => name?.Trim() is { Length: > 0 and <= MaxNameLength } given
        ? given
        : throw new DomainException(DomainErrors.Invalid, $"is 1 to {MaxNameLength} characters", "name");

    /// <summary>Whether a token with this hash verifies the address now. It does so once: there is nothing pending after that.</summary>
    public bool IsVerifiedBy(string tokenHash, DateTimeOffset now) => Pending is { } pending && pending.TokenHash == tokenHash && now < pending.ExpiresAt;

    /// <summary>Null when it was verified before.</summary>
    public UserVerified? Verify(DateTimeOffset now)
    {
        if (VerifiedAt is not null)
        {
            return null;
        }

        (VerifiedAt, Pending) = (now, null);
        return new UserVerified(Id, now);
    }

    /// <summary>Whether another verification message may be sent: not to a verified user, nor soon after the last.</summary>
    public bool MayBeAskedAgain(DateTimeOffset now, TimeSpan pause) => VerifiedAt is null && (Pending is null || now - Pending.RequestedAt >= pause);

    /// <summary>The token of an earlier message is worth nothing after this.</summary>
    public void Await(PendingVerification pending) => Pending = pending;

    /// <summary>The same password under the hasher's present settings.</summary>
    public void Rehash(string passwordHash) => PasswordHash = passwordHash;
}

/// <summary>An address that is to be verified by whoever was sent the token; of the token only a hash is kept.</summary>
public sealed record PendingVerification(string TokenHash, DateTimeOffset RequestedAt, DateTimeOffset ExpiresAt);
