using DaprShop.Domain;

namespace DaprShop.Contracts;

/// <summary>POST /users.</summary>
public sealed record RegisterUser(string Email, string Name, string Password);

/// <summary>What of a user may be seen; <paramref name="NextStep"/> is <c>verify-email</c> until that is done.</summary>
public sealed record UserResponse(
    string Id, string Email, string Name, bool Verified, IReadOnlyList<string> Roles, DateTimeOffset CreatedAt, string? NextStep = null);

/// <summary>POST /users/verification, with the token from the message.</summary>
public sealed record VerifyEmail(string Token);

/// <summary>POST /users/verification-messages: another message, if somebody waits for one.</summary>
public sealed record SendVerificationMessage(string Email);

/// <summary>POST /sessions.</summary>
public sealed record LogIn(string Email, string Password);

/// <summary>POST /sessions/refresh and /sessions/revocation; a refresh token is used once.</summary>
public sealed record RefreshSession(string RefreshToken);

/// <summary>The answer to a log-in (RFC 6749 section 5.1); <paramref name="ExpiresIn"/> is in seconds.</summary>
public sealed record SessionResponse(string AccessToken, string TokenType, int ExpiresIn, string RefreshToken);

/// <summary>What the access tokens say (RFC 7519), and the roles in them.</summary>
public static class Tokens
{
    public const string Issuer = "daprshop-identity";
    public const string Audience = "daprshop";
    public const string RoleClaim = "role";
    public const string VerifiedClaim = "verified";
    public const string KeySetPath = ".well-known/jwks.json";
}

/// <summary>GET /.well-known/jwks.json (RFC 7517): what access tokens are checked with.</summary>
public sealed record KeySetResponse(IReadOnlyList<PublicKeyResponse> Keys);

/// <summary>A public key on an elliptic curve, its members named as in RFC 7518.</summary>
public sealed record PublicKeyResponse(string Kty, string Crv, string Use, string Alg, string Kid, string X, string Y);

/// <summary>Topic identity.</summary>
public sealed record UserRegistered(string UserId, string Email, string Name, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic identity: the user is to be sent the token.</summary>
public sealed record VerificationRequested(
    string UserId, string Email, string Name, string Token, DateTimeOffset ExpiresAt, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic identity.</summary>
public sealed record UserVerified(string UserId, DateTimeOffset At) : DomainEvent(At);
