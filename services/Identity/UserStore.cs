using System.Security.Cryptography;
using System.Text;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Identity.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Identity;

/// <summary>
/// Users by id, and who has which e-mail address. An address is claimed by the <see cref="UserRegistered"/> event, stored under the address:
/// the claim, the user and both events about it are one transaction.
/// </summary>
internal sealed class UserStore(EventingStore store)
{
    private const int MaxAttempts = 10;

    /// <summary>A text for state keys that tells an e-mail address from all others, whatever characters it has.</summary>
    public static string KeyPart(EmailAddress email) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(email.Normalized)));

    public async Task<User?> FindAsync(string id, CancellationToken cancellationToken) =>
        Identifiers.IsId(id) ? (await store.FindAsync<User>(UserKey(id), cancellationToken))?.Value : null;

    public async Task<User?> FindAsync(EmailAddress email, CancellationToken cancellationToken) =>
        await store.FindAsync<UserRegistered>(ClaimKey(email), cancellationToken) is { } claim
            ? await FindAsync(claim.Value.UserId, cancellationToken)
            : null;

    public async Task<bool> IsKnownAsync(EmailAddress email, CancellationToken cancellationToken) =>
        await store.FindAsync<UserRegistered>(ClaimKey(email), cancellationToken) is not null;

    /// <summary>Stores a new user, and publishes that it registered and what comes next; false when the address was claimed meanwhile.</summary>
    public async Task<bool> AddAsync(User user, DomainEvent next, CancellationToken cancellationToken)
    {
        var registered = new UserRegistered(user.Id, user.Email, user.Name, user.CreatedAt);
        try
        {
            await store.SaveClaimingAsync(ClaimKey(new EmailAddress(user.Email)), registered, UserKey(user.Id), user, next, cancellationToken);
            return true;
        }
        catch (StateConflictException)
        {
            return false;
        }
    }

    /// <summary>
    /// Loads a user, decides and saves with the event; when another write came in between, does so again. A decision without an event saves
    /// nothing. Null when there is no such user.
    /// </summary>
    public async Task<User?> ChangeAsync(string id, Func<User, DomainEvent?> decide, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (!Identifiers.IsId(id) || await store.FindAsync<User>(UserKey(id), cancellationToken) is not var (user, etag))
            {
                return null;
            }

            try
            {
                if (decide(user) is { } happened)
                {
                    await store.SaveAsync(UserKey(id), user, etag, happened, cancellationToken);
                }

                return user;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                // Decide again by what the other write left.
            }
        }
    }

    /// <summary>Stores the password under the hasher's present settings; if another write comes first, the next log-in does it.</summary>
    public async Task RehashAsync(string id, string passwordHash, CancellationToken cancellationToken)
    {
        if (await store.FindAsync<User>(UserKey(id), cancellationToken) is var (user, etag))
        {
            user.Rehash(passwordHash);
            try
            {
                await store.SaveQuietlyAsync(UserKey(id), user, etag, cancellationToken);
            }
            catch (StateConflictException)
            {
                // The old hash is as good until then.
            }
        }
    }

    private static string UserKey(string id) => $"user:{id}";

    private static string ClaimKey(EmailAddress email) => $"email:{KeyPart(email)}";
}
