using DaprShop.Sidecar.Invocation;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Http;

/// <summary>
/// Recognises a call that another process' sidecar makes for its app, by the token that it can only have from the directory of
/// sidecars. Such a call needs no API token, and is an invocation by that app, not by this sidecar's own.
/// </summary>
internal sealed class PeerGate(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers[PeerChannel.TokenHeader].ToString() is { Length: > 0 } token)
        {
            headers.Remove(PeerChannel.TokenHeader);
            if (context.Sidecar().Shared.Peers?.IsOwnToken(token) == true)
            {
                context.Features.Set(new PeerCaller(headers[InvocationHeaders.CallerAppId].ToString()));
            }
        }

        return next(context);
    }
}

/// <summary>The app for which another process' sidecar calls.</summary>
internal sealed record PeerCaller(string AppId);
