using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Http;

/// <summary>Asks callers for the sidecar's API token, if it has one. Health is open; the token never reaches an app.</summary>
internal sealed class HttpApiToken(RequestDelegate next)
{
    public const string Header = "dapr-api-token";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Sidecar().Options.ApiToken is not { } token || context.Features.Get<PeerCaller>() is not null)
        {
            return next(context);
        }

        if (!IsHealth(context.Request) && !Matches(context.Request, token))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.ContentType = "text/plain; charset=utf-8";
            return context.Response.WriteAsync("invalid api token\n", context.RequestAborted);
        }

        context.Request.Headers.Remove(Header);
        return next(context);
    }

    /// <summary>Compares in constant time.</summary>
    public static bool Matches(HttpRequest request, string token) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(request.Headers[Header].ToString()), Encoding.UTF8.GetBytes(token));

    private static bool IsHealth(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Path.StartsWithSegments("/v1.0/healthz", StringComparison.Ordinal);
}
