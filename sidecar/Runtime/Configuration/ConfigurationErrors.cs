using Grpc.Core;

namespace DaprShop.Sidecar.Configuration;

/// <summary>The errors of the configuration API, with daprd's codes and words.</summary>
internal static class ConfigurationErrors
{
    public static DaprApiException NotConfigured() =>
        new(500, StatusCode.FailedPrecondition, "ERR_CONFIGURATION_STORE_NOT_CONFIGURED", "configuration stores not configured");

    public static DaprApiException NotFound(string store) =>
        new(400, StatusCode.InvalidArgument, "ERR_CONFIGURATION_STORE_NOT_FOUND", $"configuration store {store} not found");

    public static DaprApiException NoApp() => new(500, StatusCode.Internal, "ERR_APP_CHANNEL_NIL", "app channel is not initialized");

    public static DaprApiException Get(string store, IReadOnlyList<string> keys, string cause) => new(
        500, StatusCode.Internal, "ERR_CONFIGURATION_GET",
        $"failed to get [{string.Join(' ', keys)}] from Configuration store {store}: {cause}");

    /// <summary>What unsubscribing says of an id that is not known; it is an answer, not an error with a code.</summary>
    public static string Unsubscribe(string id) =>
        $"failed to unsubscribe to configuration request {id}: subscription with id {id} does not exist";
}
