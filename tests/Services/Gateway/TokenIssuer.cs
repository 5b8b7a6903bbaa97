using System.Security.Cryptography;
using DaprShop.Contracts;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DaprShop.Services.Tests.Gateway;

/// <summary>Signs access tokens as identity does, with a key of its own, and any token that identity would not sign.</summary>
internal sealed class TokenIssuer
{
    private static readonly JsonWebTokenHandler s_writer = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly List<ECDsaSecurityKey> _keys = [];

    public TokenIssuer() => Rotate();

    public ECDsaSecurityKey Key => _keys[^1];

    /// <summary>From here on tokens are signed with a new key; the old ones stay in the set.</summary>
    public void Rotate() => _keys.Add(NewKey($"key-{_keys.Count + 1}"));

    /// <summary>Only the newest key is known from here on.</summary>
    public void Withdraw() => _keys.RemoveRange(0, _keys.Count - 1);

    /// <summary>The JSON Web Key Set.</summary>
    public object KeySet => new
    {
        Keys = _keys.Select(key =>
        {
            var point = key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
            return new { Kty = "EC", Crv = "P-256", Use = "sig", Alg = "ES256", Kid = key.KeyId, X = Base64UrlEncoder.Encode(point.X), Y = Base64UrlEncoder.Encode(point.Y) };
        }),
    };

    public string Customer(string id) => Sign(id, ["customer"]);

    public string Staff(string id = "staff") => Sign(id, ["customer", "staff"]);

    public string Sign(
        string? id,
        string[] roles,
        string issuer = Tokens.Issuer,
        string audience = Tokens.Audience,
        TimeSpan? endsIn = null,
        SigningCredentials? credentials = null)
    {
        var now = DateTime.UtcNow;
        var ends = now + (endsIn ?? TimeSpan.FromMinutes(15));
        var claims = new Dictionary<string, object> { [Tokens.RoleClaim] = roles };
        if (id is not null)
        {
            claims[JwtRegisteredClaimNames.Sub] = id;
        }

        return s_writer.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Claims = claims,
            NotBefore = ends.AddHours(-1),
            Expires = ends,
            SigningCredentials = credentials ?? new SigningCredentials(Key, SecurityAlgorithms.EcdsaSha256),
        });
    }

    public static ECDsaSecurityKey NewKey(string id) => new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = id };
}
