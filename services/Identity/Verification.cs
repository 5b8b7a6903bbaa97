using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Identity.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace DaprShop.Identity;

/// <summary>The use case of verifying an e-mail address, and of sending the message for it once more.</summary>
internal sealed class Verification(UserStore users, IOptions<IdentitySettings> options, TimeProvider time)
{
    /// <summary>By the token of the message: it is good once, for a time.</summary>
    /// <exception cref="InvalidInputException">The token is not, or no more, good; the answer is the same whatever the reason.</exception>
    public async Task<User> VerifyAsync(string? token, CancellationToken cancellationToken)
    {
        var verified = false;
        if (OpaqueToken.Parse(token) is { } shown)
        {
            await users.ChangeAsync(shown.OwnerId, Verify, cancellationToken);

            DomainEvent? Verify(User user)
            {
                var now = time.GetUtcNow();
                verified = user.IsVerifiedBy(shown.Hash, now);
                return verified ? user.Verify(now) : null;
            }

            if (verified && await users.FindAsync(shown.OwnerId, cancellationToken) is { } user)
            {
                return user;
            }
        }

        throw new InvalidInputException("token", "is wrong, was used before, or has expired");
    }

    /// <summary>By those who work for the shop, who know the user by other means. Null when there is no such user.</summary>
    public Task<User?> VerifyByHandAsync(string id, CancellationToken cancellationToken) =>
        users.ChangeAsync(id, user => user.Verify(time.GetUtcNow()), cancellationToken);

    /// <summary>Has another message sent if somebody waits for one; whoever asks learns nothing.</summary>
    public async Task SendAgainAsync(string? address, CancellationToken cancellationToken)
    {
        if (await users.FindAsync(new EmailAddress(address), cancellationToken) is not { } found)
        {
            return;
        }

        await users.ChangeAsync(found.Id, AskAgain, cancellationToken);

        DomainEvent? AskAgain(User user)
        {
            var now = time.GetUtcNow();
            if (!user.MayBeAskedAgain(now, options.Value.VerificationPause))
            {
                return null;
            }

            var token = OpaqueToken.For(user.Id);
            var pending = new PendingVerification(token.Hash, now, now + options.Value.VerificationLifetime);
            user.Await(pending);
            return new VerificationRequested(user.Id, user.Email, user.Name, token.ToString(), pending.ExpiresAt, now);
        }
    }
}
