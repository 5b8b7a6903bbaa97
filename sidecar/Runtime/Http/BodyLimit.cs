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

    /// <summary>Lets a reader that counts for itself see what comes after the limit.</summary>
    public static void Lift(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
    }

    /// <summary>
    /// Reads what is left of a body that is refused, up to as much again: most clients send all before they look at an answer,
    /// and a connection closed meanwhile loses it.
    /// </summary>
    public static async Task DrainAsync(HttpContext context, long atMost)
    {
        var reader = context.Request.BodyReader;
        for (var drained = 0L; drained <= atMost;)
        {
            var read = await reader.ReadAsync(context.RequestAborted).ConfigureAwait(false);
            drained += read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }
}
