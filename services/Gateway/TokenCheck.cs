using DaprShop.Contracts;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DaprShop.Gateway;

/// <summary>Who asks: identity's access tokens (RFC 7519, ES256), and the roles in them that the routes want.</summary>
public static class TokenCheck
{
    /// <summary>Where a browser puts the token of a WebSocket, which cannot have an Authorization header (RFC 6750, section 2.3).</summary>
    public const string QueryParameter = "access_token";

    private const string Customer = "customer";
    private const string Bearer = "Bearer ";

    private static readonly JsonWebTokenHandler s_reader = new();

    public static void AddTokenCheck(this WebApplicationBuilder builder)
    {
        builder.Services.AddServiceClient(AppIds.Identity);
        builder.Services.AddSingleton<SigningKeys>();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<SigningKeys>(Configure);
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(nameof(Access.Customer), policy => policy.RequireRole(Customer, Caller.Staff).RequireClaim(JwtRegisteredClaimNames.Sub))
            .AddPolicy(nameof(Access.Staff), policy => policy.RequireRole(Caller.Staff).RequireClaim(JwtRegisteredClaimNames.Sub));
    }

    private static void Configure(JwtBearerOptions options, SigningKeys keys)
    {
        options.MapInboundClaims = false;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidIssuer = Tokens.Issuer,
            ValidAudience = Tokens.Audience,
            NameClaimType = JwtRegisteredClaimNames.Sub,
            RoleClaimType = Tokens.RoleClaim,
            ClockSkew = TimeSpan.FromSeconds(30),
            IssuerSigningKeyResolver = (_, _, keyId, _) => keys.Find(keyId),
        };
        options.Events = new JwtBearerEvents { OnMessageReceived = context => ReceiveAsync(context, keys) };
    }

    // The check itself cannot wait, so the key it will look for is fetched here.
    private static async Task ReceiveAsync(MessageReceivedContext context, SigningKeys keys)
    {
        if (FindToken(context.HttpContext) is not { } token || !s_reader.CanReadToken(token))
        {
            return;
        }

        context.Token = token;
        try
        {
            await keys.PrepareAsync(s_reader.ReadJsonWebToken(token).Kid, context.HttpContext.RequestAborted);
        }
        catch (ArgumentException)
        {
            // It looks like a token and is none; the check will say so.
        }
        catch (DependencyUnavailableException) when (!NeedsUser(context.HttpContext))
        {
            context.NoResult();
        }
    }

    private static string? FindToken(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim()
            : authorization.Length == 0 && PublicRoutes.Of(context)?.App == AppIds.Tracking ? context.Request.Query[QueryParameter].ToString()
            : null;
    }

    private static bool NeedsUser(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is not null;
}
