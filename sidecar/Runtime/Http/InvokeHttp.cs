using System.Text;
using DaprShop.Sidecar.Invocation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace DaprShop.Sidecar.Http;

/// <summary>
/// Service invocation: <c>/v1.0/invoke/{target}/method/{path}</c>, or any path that is no other route with the header
/// <c>dapr-app-id</c> or the user <c>dapr-app-id</c> of Basic authentication, whose password is the app id.
/// </summary>
internal static class InvokeHttp
{
    private const string Prefix = "/v1.0/invoke/";
    private const string MethodSeparator = "/method/";

    /// <summary>Maps the route that takes what no other route takes.</summary>
    public static void MapInvoke(this IEndpointRouteBuilder endpoints) => endpoints.Map("/{**path}", (RequestDelegate)InvokeAsync);

    private static async Task InvokeAsync(HttpContext context)
    {
        InvocationRequest request;
        try
        {
            request = Read(context);
        }
        catch (FormatException badEscape)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync(badEscape.Message, context.RequestAborted);
            return;
        }

        await using var response = await context.Sidecar().Invocation.InvokeAsync(request, context.RequestAborted);
        try
        {
            await AppResponse.CopyAsync(response.Message, context);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException && !context.RequestAborted.IsCancellationRequested)
        {
            if (!context.Response.HasStarted)
            {
                throw InvocationErrors.Broken(request.Target, failure);
            }

            // The app broke off in the middle, and the caller must see that its answer is not whole.
            context.Abort();
        }
    }

    private static InvocationRequest Read(HttpContext context)
    {
        // The raw target: routing has unescaped the path already, and target and path have their own rules.
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var query = raw.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? raw : raw[..query];
        var (target, method) = Split(path, context.Request.Headers);
        return new InvocationRequest
        {
            Target = target,
            Verb = context.Request.Method,
            Path = InvocationPath.Normalize(target, method),
            Query = query < 0 ? "" : raw[query..],
            Headers = context.Request.Headers,
            Body = BodyOf(context),
            TraceParent = context.Sidecar().Tracing.IsOn ? context.TraceParent() : null,
            Caller = context.Features.Get<PeerCaller>()?.AppId,
        };
    }

    private static (string Target, string Method) Split(string path, IHeaderDictionary headers)
    {
        if (headers[InvocationHeaders.AppId].ToString() is { Length: > 0 } appId)
        {
            return (appId, path);
        }

        if (FromBasic(headers.Authorization.ToString()) is { } user)
        {
            return (user, path);
        }

        var rest = AfterPrefix(path);
        var separator = rest.IndexOf(MethodSeparator, StringComparison.Ordinal);
        return separator > 0
            ? (Uri.UnescapeDataString(rest[..separator]), rest[(separator + MethodSeparator.Length)..])
            : throw InvocationErrors.NoAppId();
    }

    /// <summary>What follows /v1.0/invoke/; "" when the path is another. Slashes may be repeated, but not those of a URL as target.</summary>
    private static string AfterPrefix(string path)
    {
        if (path.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return path[Prefix.Length..].TrimStart('/');
        }

        var version = path.TrimStart('/');
        if (!version.StartsWith("v1.0/", StringComparison.Ordinal))
        {
            return "";
        }

        var api = version["v1.0/".Length..].TrimStart('/');
        return api.StartsWith("invoke/", StringComparison.Ordinal) ? api["invoke/".Length..].TrimStart('/') : "";
    }

    private static string? FromBasic(string authorization)
    {
        if (!authorization.StartsWith("Basic ", StringComparison.Ordinal))
        {
            return null;
        }

        var bytes = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization["Basic ".Length..], bytes, out var length))
        {
            return null;
        }

        return Encoding.UTF8.GetString(bytes.AsSpan(0, length)).Split(':') is [var user, { Length: > 0 } appId]
            && user.Equals(InvocationHeaders.AppId, StringComparison.OrdinalIgnoreCase)
                ? appId
                : null;
    }

    private static InvocationBody BodyOf(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
            ? InvocationBody.None
            : InvocationBody.Of(context.Request.BodyReader, context.Request.ContentLength);
}
