using Grpc.Core;

namespace DaprShop.Sidecar.Invocation;

/// <summary>What a caller is told when its call did not reach an app.</summary>
internal static class InvocationErrors
{
    public static DaprApiException NoAppId() => new(
        404, StatusCode.NotFound, "ERR_DIRECT_INVOKE", "failed getting app id either from the URL path or the header dapr-app-id");

    public static DaprApiException Unknown(string target) => Failed(target, $"couldn't find service: {target}");

    public static DaprApiException NoChannel(string target, bool self) => Failed(
        target,
        self ? "cannot invoke local endpoint: app channel not initialized" : "rpc error: code = Internal desc = app channel is not initialized");

    public static DaprApiException NoGrpc(string target, string protocol) => Failed(
        target, $"its app speaks {protocol}, a gRPC call needs appProtocol grpc", StatusCode.FailedPrecondition);

    public static DaprApiException Unhealthy(string target) => Failed(
        target,
        "rpc error: code = Internal desc = error invoking app channel: rpc error: code = Internal desc = app is not in a healthy state");

    public static DaprApiException Denied(string target, string caller, string path, string verb) => new(
        403,
        StatusCode.PermissionDenied,
        "ERR_DIRECT_INVOKE",
        Text(target, $"rpc error: code = PermissionDenied desc = access control policy has denied access to id: {caller} operation: {path.TrimStart('/')} verb: {verb}"));

    public static DaprApiException Broken(string target, Exception failure) =>
        Failed(target, $"rpc error: code = Internal desc = error invoking app channel: {failure.GetBaseException().Message}");

    public static DaprApiException Failed(string target, string reason, StatusCode grpcStatus = StatusCode.Internal) =>
        new(500, grpcStatus, "ERR_DIRECT_INVOKE", Text(target, reason));

    private static string Text(string target, string reason) => $"failed to invoke, id: {target}, err: {reason}";
}
