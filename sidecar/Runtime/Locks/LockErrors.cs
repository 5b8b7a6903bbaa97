using Grpc.Core;

namespace DaprShop.Sidecar.Locks;

/// <summary>The errors of the lock API, with daprd's codes and words.</summary>
internal static class LockErrors
{
    public static DaprApiException NotConfigured() =>
        new(500, StatusCode.FailedPrecondition, "ERR_LOCK_STORE_NOT_CONFIGURED", "lock store is not configured");

    public static DaprApiException NotFound(string store) =>
        new(400, StatusCode.InvalidArgument, "ERR_LOCK_STORE_NOT_FOUND", $"lock store {store} not found");

    public static DaprApiException ResourceEmpty(string store) => Malformed($"ResourceId is empty in lock store {store}");

    public static DaprApiException OwnerEmpty(string store) => Malformed($"LockOwner is empty in lock store {store}");

    public static DaprApiException ExpiryNotPositive(string store) => Malformed($"ExpiryInSeconds is not positive in lock store {store}");

    public static DaprApiException TryLock(string cause) =>
        new(500, StatusCode.Internal, "ERR_TRY_LOCK", $"failed to try acquiring lock: {cause}");

    public static DaprApiException Unlock(string cause) =>
        new(500, StatusCode.Internal, "ERR_UNLOCK", $"failed to release lock: {cause}");

    private static DaprApiException Malformed(string message) => new(400, StatusCode.InvalidArgument, "ERR_MALFORMED_REQUEST", message);
}
