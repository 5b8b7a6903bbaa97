namespace DaprShop.Gateway;

/// <summary>
/// Refuses request lines and headers that a sidecar would: it reads 4 KiB of them. What Kestrel refuses gets no problem document, because
/// it is no request yet.
/// </summary>
public sealed class RequestLimits(RequestDelegate next)
{
    /// <summary>Longest request line, in bytes.</summary>
    public const int MaxLine = 2 * 1024;

    /// <summary>Names and values of all forwarded headers, in characters.</summary>
    public const int MaxForwarded = 1024;

    /// <summary>All headers of a request, in bytes.</summary>
    public const int MaxHeaders = 16 * 1024;

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        var length = ForwardedHeaders.Allowed.Sum(name => headers[name] is { Count: > 0 } value ? name.Length + value.ToString().Length : 0);
        if (length <= MaxForwarded)
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status431RequestHeaderFieldsTooLarge;
        return Task.CompletedTask;
    }
}

public static class RequestLimitsRegistration
{
    public static void AddRequestLimits(this WebApplicationBuilder builder) => builder.WebHost.ConfigureKestrel(kestrel =>
    {
        kestrel.Limits.MaxRequestLineSize = RequestLimits.MaxLine;
        kestrel.Limits.MaxRequestHeadersTotalSize = RequestLimits.MaxHeaders;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
    });
}
