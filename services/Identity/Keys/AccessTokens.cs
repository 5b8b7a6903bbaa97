using DaprShop.Contracts;
using DaprShop.Identity.Domain;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DaprShop.Identity.Keys;

/// <summary>Signs what is said of a user (JWT, ES256).</summary>
internal sealed class AccessTokens(SigningKeys keys, IOptions<IdentitySettings> options, TimeProvider time)
{
    private readonly JsonWebTokenHandler _handler = new();

    public async Task<SessionResponse> IssueAsync(User user, OpaqueToken refreshToken, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var lifetime = options.Value.AccessTokenLifetime;
        var token = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Tokens.Issuer,
            Audience = Tokens.Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + lifetime,
            Claims = new Dictionary<string, object>
            {
                [JwtRegisteredClaimNames.Sub] = user.Id,
                [JwtRegisteredClaimNames.Jti] = Guid.NewGuid().ToString("N"),
                [JwtRegisteredClaimNames.Email] = user.Email,
                [JwtRegisteredClaimNames.Name] = user.Name,
                [Tokens.RoleClaim] = user.Roles.ToArray(),
                [Tokens.VerifiedClaim] = user.VerifiedAt is not null,
            },
            SigningCredentials = new SigningCredentials(await keys.CurrentAsync(cancellationToken), SecurityAlgorithms.EcdsaSha256),
        });
        return new SessionResponse(token, "Bearer", (int)lifetime.TotalSeconds, refreshToken.ToString());
    }
}
