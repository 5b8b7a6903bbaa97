namespace DaprShop.Gateway;

/// <summary>Tells browsers to take an answer for nothing but what it says it is, to frame it nowhere, and to keep nobody's data; and
/// nobody what the services are made of.</summary>
public sealed class SecurityHeaders(RequestDelegate next)
{
    private const string ForData = "default-src 'none'; frame-ancestors 'none'";

    // Swagger UI styles its elements itself and draws its icons from data.
    private const string ForDocs = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

    private const string ForPages =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.Remove("Server");
            headers.Remove("X-Powered-By");
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers.ContentSecurityPolicy = PolicyFor(context.Request.Path);
            if (headers.CacheControl.Count == 0)
            {
                headers.CacheControl = "no-store";
            }

            return Task.CompletedTask;
        });
        return next(context);
    }

    private static string PolicyFor(PathString path) =>
        path.StartsWithSegments(ApiDescription.Docs) ? ForDocs
        : path.StartsWithSegments(WebPages.Track) ? ForPages
        : ForData;
}
