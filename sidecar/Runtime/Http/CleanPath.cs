using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Http;

/// <summary>Folds repeated slashes of the path before routing, as daprd does (routing itself ignores a trailing one).</summary>
internal sealed class CleanPath(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.Value is { } path && path.Contains("//", StringComparison.Ordinal))
        {
            context.Request.Path = "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries))
                + (path[^1] == '/' ? "/" : "");
        }

        return next(context);
    }
}
