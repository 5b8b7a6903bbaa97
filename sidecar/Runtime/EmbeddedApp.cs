using System.Net;
using System.Net.Sockets;
using DaprShop.Sidecar.Resources;
using Microsoft.Extensions.Logging.Abstractions;

namespace DaprShop.Sidecar;

/// <summary>An app and the resources in its scope.</summary>
public sealed record EmbeddedApp(SidecarOptions Options, ResourceSet Resources)
{
    /// <summary>
    /// An app with the resources of a directory, as <c>dapr run --resources-path</c> reads them. It is expected on a free port, which
    /// <see cref="DaprHostBuilderExtensions.UseDapr"/> makes it listen on. Throws <see cref="ResourceException"/> with file, line and field of all that is wrong.
    /// </summary>
    /// <param name="appId">The app's id.</param>
    /// <param name="resourcesPath">The directory with Components, Subscriptions and Resiliency.</param>
    /// <param name="configurationFile">A file with a Configuration; null is none.</param>
    public static EmbeddedApp FromFolder(string appId, string resourcesPath, string? configurationFile = null)
    {
        var here = Directory.GetCurrentDirectory();
        return new EmbeddedApp(
            new SidecarOptions { AppId = appId, AppPort = FreePort(), WorkingDirectory = here },
            ResourceLoader.Load(appId, [Path.GetFullPath(resourcesPath)], configurationFile, here, NullLogger.Instance));
    }

    /// <summary>An app with these components; otherwise as <see cref="FromFolder"/>.</summary>
    public static EmbeddedApp WithComponents(string appId, params IReadOnlyList<Component> components) =>
        new(new SidecarOptions { AppId = appId, AppPort = FreePort() }, new ResourceSet { Components = components });

    /// <summary>A client without an app of its own: nothing is delivered to it.</summary>
    public EmbeddedApp WithoutApp() => this with { Options = Options with { AppPort = 0 } };

    // Below the range that systems take outgoing connections from: none may take the port until the app listens on it.
    private static int FreePort()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(20_000, 32_000));
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // Another one then.
            }
        }
    }
}
