using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using MinDataRate = Microsoft.AspNetCore.Server.Kestrel.Core.MinDataRate;

namespace DaprShop.Sidecar.Http;

/// <summary>What the front ends read from a request beside its route.</summary>
internal static class SidecarHttpContext
{
    /// <summary>The sidecar whose port the request came in on.</summary>
    public static Sidecar Sidecar(this HttpContext context) => context.Features.GetRequiredFeature<Sidecar>();

    /// <summary>
    /// W3C traceparent of this request's span; without tracing the caller's header as it came; "" when there is neither.
    /// </summary>
    public static string TraceParent(this HttpContext context) =>
        context.Sidecar().Tracing.IsOn ? Activity.Current?.Id ?? "" : context.Request.Headers.TraceParent.ToString();

    /// <summary>W3C tracestate; "" when there is none.</summary>
    public static string TraceState(this HttpContext context) => context.Request.Headers.TraceState.ToString();

    /// <summary>Route value, unescaped once: routing leaves %2F alone, which in Dapr is part of the name.</summary>
    public static string RouteText(this HttpContext context, string name)
    {
        var value = (string?)context.Request.RouteValues[name] ?? "";
        return value.Contains("%2F", StringComparison.OrdinalIgnoreCase)
            ? value.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)
            : value;
    }

    /// <summary>Request metadata: the query parameters <c>metadata.NAME=VALUE</c>, names without the prefix.</summary>
    public static IReadOnlyDictionary<string, string> QueryMetadata(this HttpContext context)
    {
        const string prefix = "metadata.";
        if (!context.Request.QueryString.HasValue)
        {
            return NoMetadata;
        }

        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in context.Request.Query)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                metadata[name[prefix.Length..]] = values[0] ?? "";
            }
        }

        return metadata;
    }

    /// <summary>
    /// Reads the whole body. A body over the sidecar's maxBodySize throws <see cref="BadHttpRequestException"/> with status 413,
    /// which becomes daprd's 400 ERR_MALFORMED_REQUEST unless the caller has another answer for it. One that comes drop by drop is
    /// given up, with status 408.
    /// </summary>
    public static async ValueTask<byte[]> ReadBodyAsync(this HttpContext context)
    {
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = SlowestBody;
        }

        if (context.Request.ContentLength is { } length && length <= context.Sidecar().Options.MaxBodySize)
        {
            var body = new byte[length];
            await context.Request.Body.ReadExactlyAsync(body, context.RequestAborted).ConfigureAwait(false);
            return body;
        }

        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted).ConfigureAwait(false);
        return buffer.ToArray();
    }

    /// <summary>Stops this app's sidecar, and no other, once the response is sent.</summary>
    public static void StopSidecarAfterResponse(this HttpContext context)
    {
        var lifetime = context.Sidecar().Lifetime;
        context.Response.OnCompleted(() =>
        {
            // Not awaited: stopping waits for this very request to end.
            _ = lifetime.ShutdownAsync();
            return Task.CompletedTask;
        });
    }

    private static readonly MinDataRate SlowestBody = new(bytesPerSecond: 100, gracePeriod: TimeSpan.FromSeconds(5));

    private static readonly IReadOnlyDictionary<string, string> NoMetadata = new Dictionary<string, string>();
}
