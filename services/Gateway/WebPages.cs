namespace DaprShop.Gateway;

/// <summary>The shop's web pages, which lie in <c>wwwroot</c>. They use the public API as any client does.</summary>
public static class WebPages
{
    /// <summary>Where a customer sees a parcel move.</summary>
    public const string Track = "/track";

    public static void UseWebPages(this WebApplication app) => app.UseFileServer(new FileServerOptions
    {
        // Kept by browsers, and asked for again each time: the answer is 304 while nothing has changed.
        StaticFileOptions = { OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache" },
    });
}
