using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DaprShop.ServiceDefaults;

/// <summary>
/// Dapr's app API token: a sidecar that was given APP_API_TOKEN sends it with every call to its app. An app that was given it too takes
/// calls of its sidecar only, so nobody else can say which app a call comes from, or who asks.
/// </summary>
internal static class AppToken
{
    private const string Setting = "APP_API_TOKEN";
    private const string Header = "dapr-api-token";

    public static void UseAppToken(this WebApplication app)
    {
        if (app.Configuration[Setting] is not { Length: > 0 } token)
        {
            return;
        }

        var expected = Encoding.UTF8.GetBytes(token);
        app.Use((context, next) =>
        {
            if (IsProbe(context.Request.Path)
                || CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(context.Request.Headers[Header].ToString()), expected))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        });
    }

    // Kubernetes asks these itself.
    private static bool IsProbe(PathString path) => path == "/healthz" || path == "/readyz";
}
