using System.Net;
using DaprShop.Contracts;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Transforms;

namespace DaprShop.Gateway;

/// <summary>
/// Makes YARP of the public routes: they lead to the gateway's own sidecar, which finds the app by its id and takes its instances in turn.
/// Two apps are called at their own addresses: the card company has no sidecar, and Dapr's invocation carries no WebSocket.
/// </summary>
public static class ShopProxy
{
    private const string Sidecar = "sidecar";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(35);

    // A socket is quiet between two heartbeats.
    private static readonly TimeSpan s_socketPatience = TimeSpan.FromMinutes(2);

    public static void AddShopProxy(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        ClusterConfig[] clusters =
        [
            Cluster(Sidecar, configuration["DAPR_HTTP_ENDPOINT"] ?? $"http://127.0.0.1:{configuration["DAPR_HTTP_PORT"] ?? "3500"}", s_patience),
            Cluster(PublicRoutes.CardProvider, configuration["CARDPROVIDER_URL"] ?? "http://127.0.0.1:5108", s_patience),
            Cluster(AppIds.Tracking, configuration["TRACKING_URL"] ?? "http://127.0.0.1:5112", s_socketPatience),
        ];
        builder.Services.AddSingleton<StaleAnswers>();
        builder.Services.AddReverseProxy()
            .LoadFromMemory([.. PublicRoutes.All.Select(Route)], clusters)
            .AddTransforms(context =>
            {
                var route = PublicRoutes.All.First(route => route.Id == context.Route.RouteId);
                context.AddForwardedHeaders(route, configuration);
                context.AddResponseTransform(ProxyProblems.HideWhatIsNoAnswerAsync);
                context.AddResponseTransform(PublishLocationAsync);
                if (route.StaleWhenDown)
                {
                    context.AddResponseTransform(context.Services.GetRequiredService<StaleAnswers>().KeepAsync);
                }
            });
    }

    /// <summary>Whether the app is called at its own address.</summary>
    public static bool IsDirect(string app) => app is PublicRoutes.CardProvider or AppIds.Tracking;

    private static RouteConfig Route(PublicRoute route) => new RouteConfig
    {
        RouteId = route.Id,
        ClusterId = IsDirect(route.App) ? route.App : Sidecar,
        Match = new RouteMatch { Path = route.Path, Methods = route.Methods.Split(' ') },
        AuthorizationPolicy = route.Access == Access.Anyone ? "Anonymous" : $"{route.Access}",
        RateLimiterPolicy = route.Limit,
    }.WithTransformPathRouteValues(route.TargetPath);

    private static ClusterConfig Cluster(string id, string addresses, TimeSpan patience) => new()
    {
        ClusterId = id,
        LoadBalancingPolicy = LoadBalancingPolicies.RoundRobin,
        Destinations = addresses.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(address => address, address => new DestinationConfig { Address = address }),
        HttpRequest = new ForwarderRequestConfig
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            ActivityTimeout = patience,
        },
    };

    // Services name what they made by their own paths.
    private static ValueTask PublishLocationAsync(ResponseTransformContext response)
    {
        var headers = response.HttpContext.Response.Headers;
        if (headers.Location is [{ } path] && path.StartsWith('/') && !path.StartsWith(PublicRoutes.Prefix, StringComparison.Ordinal))
        {
            headers.Location = PublicRoutes.Prefix + path;
        }

        return ValueTask.CompletedTask;
    }
}
