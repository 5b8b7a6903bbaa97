using System.Globalization;
using Microsoft.AspNetCore.Hosting;

namespace DaprShop.Sidecar;

/// <summary>Makes an app of a test the app of an embedded sidecar.</summary>
public static class DaprHostBuilderExtensions
{
    /// <summary>
    /// Makes the app listen where its sidecar expects it, and find that sidecar, by the settings that the Dapr CLI gives an app as
    /// variables (DAPR_HTTP_PORT, DAPR_GRPC_PORT, …). For <c>WebApplicationBuilder.WebHost</c> and for
    /// <c>WebApplicationFactory.WithWebHostBuilder</c>; a factory must also be told <c>UseKestrel()</c>, since a sidecar calls its app
    /// over the network.
    /// </summary>
    public static IWebHostBuilder UseDapr(this IWebHostBuilder builder, SidecarEndpoint sidecar)
    {
        foreach (var (name, value) in sidecar.Settings)
        {
            builder.UseSetting(name, value);
        }

        return sidecar.AppPort > 0 ? builder.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{sidecar.AppPort}")) : builder;
    }
}
