using DaprShop.Sidecar.Invocation;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Http;

/// <summary>api.allowed and api.denied of the Configuration, for HTTP: an API that is off is no route.</summary>
internal sealed class HttpApiAccess(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var configuration = context.Sidecar().Resources.Configuration;
        if ((configuration.AllowedApis.Count > 0 || configuration.DeniedApis.Count > 0)
            && !IsHealth(context) && context.Features.Get<PeerCaller>() is null)
        {
            var (version, name) = ApiOf(context.Request.Path.Value ?? "");
            if (!ApiAccess.IsAllowed(configuration, name, version, "http"))
            {
                throw InvocationErrors.NoAppId();
            }
        }

        return next(context);
    }

    // /v1.0/state/… is the API state of version v1.0; anything else reaches an app by its headers: an invocation.
    private static (string Version, string Name) ApiOf(string path)
    {
        var parts = path.Split('/', 4);
        return parts.Length > 2 && parts[1].StartsWith("v1.0", StringComparison.Ordinal) ? (parts[1], parts[2]) : ("v1.0", "invoke");
    }

    private static bool IsHealth(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/v1.0/healthz", StringComparison.Ordinal);
}
