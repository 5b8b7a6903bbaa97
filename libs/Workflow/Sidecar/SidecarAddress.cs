using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Dapr.Workflow.Sidecar;

/// <summary>Where the sidecar's gRPC API is, by Dapr's own rules: the configuration first, then the environment.</summary>
internal static class SidecarAddress
{
    private const int DefaultPort = 50001;

    /// <summary>DAPR_GRPC_ENDPOINT (of which scheme, host and port count), else DAPR_GRPC_PORT on this machine.</summary>
    /// <exception cref="FormatException">One of them cannot be read.</exception>
    public static Uri Find(IConfiguration? configuration)
    {
        if (Setting(configuration, "DAPR_GRPC_ENDPOINT") is { } endpoint)
        {
            return Uri.TryCreate(endpoint, UriKind.Absolute, out var uri)
                ? new UriBuilder(uri.Scheme, uri.Host, uri.Port).Uri
                : throw new FormatException($"DAPR_GRPC_ENDPOINT is not an absolute URI: '{endpoint}'.");
        }

        if (Setting(configuration, "DAPR_GRPC_PORT") is not { } text)
        {
            return new UriBuilder("http", "localhost", DefaultPort).Uri;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new UriBuilder("http", "localhost", port).Uri
            : throw new FormatException($"DAPR_GRPC_PORT is not a number: '{text}'.");
    }

    public static string? FindToken(IConfiguration? configuration) => Setting(configuration, "DAPR_API_TOKEN");

    private static string? Setting(IConfiguration? configuration, string name) => configuration?[name] is { Length: > 0 } configured
        ? configured
        : Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
