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
        var (request, limit) = (context.Request, context.Sidecar().Options.MaxBodySize);
        // A length within the limit needs no counting.
        if (request.ContentLength is null or 0 ? request.Headers.TransferEncoding.Count > 0 : request.ContentLength > limit)
        {
            request.Body = new LimitedBody(request.Body, limit, request.ContentLength > limit);
            // The server reads on after the answer, to keep the connection; a body without an end must not keep it.
            if (request.ContentLength is null && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
            {
                server.MaxRequestBodySize = 4L * limit;
            }
        }

        return next(context);
    }
}
