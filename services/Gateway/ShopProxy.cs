using System.Net;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace DaprShop.Gateway;

/// <summary>Makes YARP of the public routes: they lead to the gateway's own sidecar, which finds the app by its id.</summary>
public static class ShopProxy
{
    private const string AppIdHeader = "dapr-app-id";
    private const string ApiTokenHeader = "dapr-api-token";
    private const string Sidecar = "sidecar";

    private static readonly string[] s_forgeable = ["dapr-", "X-Forwarded-", "Forwarded"];

    public static void AddShopProxy(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        ClusterConfig[] clusters =
        [
            Cluster(Sidecar, configuration["DAPR_HTTP_ENDPOINT"] ?? $"http://127.0.0.1:{configuration["DAPR_HTTP_PORT"] ?? "3500"}"),
            Cluster(PublicRoutes.CardProvider, configuration["CARDPROVIDER_URL"] ?? "http://127.0.0.1:5108"),
        ];
        var apiToken = configuration["DAPR_API_TOKEN"];
        builder.Services.AddReverseProxy()
            .LoadFromMemory([.. PublicRoutes.All.Select(Route)], clusters)
            .AddTransforms(context => AddHeaders(context, apiToken))
            .AddTransforms(context =>
            {
                context.AddResponseTransform(ProxyProblems.HideWhatIsNoProblemAsync);
                context.AddResponseTransform(PublishLocationAsync);
            });
    }

    private static RouteConfig Route(PublicRoute route) => new RouteConfig
    {
        RouteId = $"{route.Methods} {route.Path}",
        ClusterId = route.App == PublicRoutes.CardProvider ? PublicRoutes.CardProvider : Sidecar,
        Match = new RouteMatch { Path = route.Path, Methods = route.Methods.Split(' ') },
        Metadata = new Dictionary<string, string> { [AppIdHeader] = route.App },
    }.WithTransformPathRouteValues(route.TargetPath);

    private static ClusterConfig Cluster(string id, string address) => new()
    {
        ClusterId = id,
        Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = address } },
        HttpRequest = new ForwarderRequestConfig
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            ActivityTimeout = TimeSpan.FromSeconds(35),
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

    // Only the gateway says where a request goes and whom it came from; YARP sets X-Forwarded-* after this.
    private static void AddHeaders(TransformBuilderContext context, string? apiToken)
    {
        var app = context.Route.Metadata![AppIdHeader];
        var toSidecar = context.Route.ClusterId == Sidecar;
        context.AddRequestTransform(request =>
        {
            var headers = request.ProxyRequest.Headers;
            string[] forged = [.. from header in headers
                                  where s_forgeable.Any(prefix => header.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                                  select header.Key];
            foreach (var name in forged)
            {
                headers.Remove(name);
            }

            if (toSidecar)
            {
                headers.Add(AppIdHeader, app);
            }

            if (toSidecar && !string.IsNullOrEmpty(apiToken))
            {
                headers.Add(ApiTokenHeader, apiToken);
            }

            return ValueTask.CompletedTask;
        });
    }
}
