using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Identity.Domain;
using DaprShop.Identity.Keys;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace DaprShop.Identity;

/// <summary>The use case of logging in, staying in and logging out.</summary>
internal sealed class SignIn(
    UserStore users,
    SessionStore sessions,
    LockOut lockOut,
    AccessTokens accessTokens,
    IPasswordHasher<User> hasher,
    IOptions<IdentitySettings> options,
    TimeProvider time)
{
    // What a password is compared with that belongs to nobody.
    private readonly string _nobodysHash = hasher.HashPassword(null!, OpaqueToken.For("nobody").Secret);

    public async Task<LogInOutcome> LogInAsync(LogIn request, CancellationToken cancellationToken)
    {
        if (Validate(request) is not { } email)
        {
            return LogInOutcome.Wrong;
        }

        if (await lockOut.LockedForAsync(email, cancellationToken) is { } locked)
        {
            return LogInOutcome.Locked(locked);
        }

        // An unknown address costs as much time as a wrong password.
        var user = await users.FindAsync(email, cancellationToken);
        var checkedHash = hasher.VerifyHashedPassword(null!, user?.PasswordHash ?? _nobodysHash, request.Password);
        if (user is null || checkedHash == PasswordVerificationResult.Failed)
        {
            await lockOut.NoteFailureAsync(email, cancellationToken);
            return LogInOutcome.Wrong;
        }

        // Of many guesses made at once the right one must not win after the others have locked the address.
        if (await lockOut.LockedForAsync(email, cancellationToken) is { } lockedMeanwhile)
        {
            return LogInOutcome.Locked(lockedMeanwhile);
        }

        if (user.VerifiedAt is null)
        {
            return LogInOutcome.NotVerified;
        }

        await lockOut.ForgetAsync(email, cancellationToken);
        if (checkedHash == PasswordVerificationResult.SuccessRehashNeeded)
        {
            await users.RehashAsync(user.Id, hasher.HashPassword(user, request.Password), cancellationToken);
        }

        return LogInOutcome.In(await StartAsync(user, cancellationToken));
    }

    /// <summary>A new pair of tokens for the last refresh token of a session; null when it is not, or no more, that.</summary>
    public async Task<SessionResponse?> RefreshAsync(string? refreshToken, CancellationToken cancellationToken)
    {
        if (OpaqueToken.Parse(refreshToken) is not { } shown
            || await sessions.FindAsync(shown.OwnerId, cancellationToken) is not var (session, etag)
            || session.IsOver(time.GetUtcNow()))
        {
            return null;
        }

        if (!session.HasAsLast(shown.Hash) || await users.FindAsync(session.UserId, cancellationToken) is not { } user)
        {
            await sessions.EndAsync(session.Id, cancellationToken);
            return null;
        }

        var next = OpaqueToken.For(session.Id);
        try
        {
            await sessions.SaveAsync(session with { TokenHash = next.Hash }, etag, cancellationToken);
        }
        catch (StateConflictException)
        {
            // Somebody else used the same token at the same time.
            await sessions.EndAsync(session.Id, cancellationToken);
            return null;
        }

        return await accessTokens.IssueAsync(user, next, cancellationToken);
    }

    /// <summary>Ends the session that the token belongs to, if it is one. Access tokens of it are good until they expire.</summary>
    public async Task LogOutAsync(string? refreshToken, CancellationToken cancellationToken)
    {
        if (OpaqueToken.Parse(refreshToken) is { } shown)
        {
            await sessions.EndAsync(shown.OwnerId, cancellationToken);
        }
    }

    private async Task<SessionResponse> StartAsync(User user, CancellationToken cancellationToken)
    {
        var token = OpaqueToken.For(Guid.NewGuid().ToString("N"));
        var session = new Session(token.OwnerId, user.Id, token.Hash, time.GetUtcNow() + options.Value.SessionLifetime);
        await sessions.SaveAsync(session, etag: null, cancellationToken);
        return await accessTokens.IssueAsync(user, token, cancellationToken);
    }

    // What cannot be an address or a password of a user is not worth the work of a hash.
    private static EmailAddress? Validate(LogIn request)
    {
        var errors = new InputErrors();
        errors.CheckText(request.Email, "email", EmailAddress.MaxLength);
        errors.CheckText(request.Password, "password", PasswordRules.MaxLength);
        errors.ThrowIfAny();
        try
        {
            return new EmailAddress(request.Email);
        }
        catch (DomainException)
        {
            return null;
        }
    }
}

/// <summary>How a log-in ended: with a session, or one reason why not.</summary>
internal sealed record LogInOutcome(SessionResponse? Session = null, TimeSpan? LockedFor = null, bool IsVerified = true)
{
    public static LogInOutcome Wrong { get; } = new();

    public static LogInOutcome NotVerified { get; } = new(IsVerified: false);

    public static LogInOutcome Locked(TimeSpan time) => new(LockedFor: time);

    public static LogInOutcome In(SessionResponse session) => new(session);
}
