using System.Buffers;

namespace DaprShop.Gateway;

/// <summary>
/// Refuses paths with escaped separators and the like. The sidecar unescapes a path before it routes, so <c>/api/products/..%2Fx</c>, which is
/// a product here, would be another resource there.
/// </summary>
public sealed class PlainPaths(RequestDelegate next)
{
    private static readonly SearchValues<char> s_refused = SearchValues.Create(
        ['%', '?', '#', '\\', '\u007f', .. Enumerable.Range(0, ' ').Select(code => (char)code)]);

    public Task InvokeAsync(HttpContext context)
    {
        // Kestrel has unescaped everything but %2F.
        if (context.Request.Path.Value.AsSpan().ContainsAny(s_refused))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        return next(context);
    }
}
