using System.Net.Http.Headers;
using System.Security.Claims;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace DaprShop.Gateway;

/// <summary>
/// What a service gets to hear. Of the client's headers only those on the list, so that none can be forged which the gateway or a sidecar
/// sets: where the request goes, whom it came from (YARP sets X-Forwarded-*), and who asks. The token itself stays here.
/// </summary>
public static class ForwardedHeaders
{
    private const string AppId = "dapr-app-id";
    private const string ApiToken = "dapr-api-token";

    private static readonly string[] s_ofWebSockets =
        ["Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"];

    /// <summary>The client's headers that mean something to a service.</summary>
    public static IReadOnlyList<string> Allowed { get; } =
    [
        "Accept", "Accept-Language", "Content-Type", "Content-Length", "Idempotency-Key", "If-Match", "If-None-Match", "traceparent", "tracestate",
    ];

    public static void AddForwardedHeaders(this TransformBuilderContext context, PublicRoute route, IConfiguration configuration)
    {
        context.AddRequestHeadersAllowed([.. Allowed, .. route.App == AppIds.Tracking ? s_ofWebSockets : []]);
        context.AddQueryRemoveKey(TokenCheck.QueryParameter);
        if (route.App == PublicRoutes.CardProvider)
        {
            return;
        }

        // An app that is called past its sidecar wants the token that its sidecar would send.
        var isDirect = ShopProxy.IsDirect(route.App);
        var token = configuration[isDirect ? "APP_API_TOKEN" : "DAPR_API_TOKEN"];
        context.AddRequestTransform(request =>
        {
            var headers = request.ProxyRequest.Headers;
            if (!isDirect)
            {
                headers.Add(AppId, route.App);
            }

            if (!string.IsNullOrEmpty(token))
            {
                headers.Add(ApiToken, token);
            }

            NameUser(headers, request.HttpContext.User);
            return ValueTask.CompletedTask;
        });
    }

    private static void NameUser(HttpRequestHeaders headers, ClaimsPrincipal user)
    {
        if (user.Identity is { IsAuthenticated: true, Name: { } id })
        {
            headers.Add(Caller.UserIdHeader, id);
            headers.Add(Caller.RolesHeader, string.Join(',', user.FindAll(Tokens.RoleClaim).Select(role => role.Value)));
        }
    }
}
