using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DaprShop.Sidecar.Http;

/// <summary>Limits request bodies to the sidecar's maxBodySize; what reads beyond it fails, so the answer is the handler's.</summary>
internal sealed class BodyLimit(RequestDelegate next)
{
    /// <summary>daprd's words.</summary>
    public const string TooLarge = "stream too large";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = context.Sidecar().Options.MaxBodySize;
        }

        return next(context);
    }
}
