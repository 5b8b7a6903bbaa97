using Grpc.Core;

namespace DaprShop.Sidecar.Secrets;

/// <summary>The errors of the secrets API, with daprd's codes and words.</summary>
internal static class SecretErrors
{
    public static DaprApiException NotConfigured() =>
        new(500, StatusCode.FailedPrecondition, "ERR_SECRET_STORES_NOT_CONFIGURED", "secret store is not configured");

    public static DaprApiException NotFound(string store) =>
        new(401, StatusCode.InvalidArgument, "ERR_SECRET_STORE_NOT_FOUND", $"failed finding secret store with key {store}");

    public static DaprApiException Denied(string store, string name) =>
        new(403, StatusCode.PermissionDenied, "ERR_PERMISSION_DENIED", $"access denied by policy to get \"{name}\" from \"{store}\"");

    public static DaprApiException Missing(string store, string name) => Get(store, name, $"secret {name} not found");

    public static DaprApiException Get(string store, string name, string cause) =>
        new(500, StatusCode.Internal, "ERR_SECRET_GET", $"failed getting secret with key {name} from secret store {store}: {cause}");

    public static DaprApiException GetBulk(string store, string cause) =>
        new(500, StatusCode.Internal, "ERR_SECRET_GET", $"failed getting secrets from secret store {store}: {cause}");
}
