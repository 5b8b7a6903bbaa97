using Grpc.Core;

namespace DaprShop.Sidecar.State;

/// <summary>The errors of the state API, with daprd's codes and words.</summary>
internal static class StateErrors
{
    public static DaprApiException NotConfigured(string store, string appId) =>
        new(500, StatusCode.FailedPrecondition, "ERR_STATE_STORE_NOT_CONFIGURED", $"state store {store} is not configured")
        {
            Reason = "DAPR_STATE_NOT_CONFIGURED",
            Metadata = new Dictionary<string, string> { ["appID"] = appId },
        };

    public static DaprApiException NotFound(string store, string appId) =>
        new(400, StatusCode.InvalidArgument, "ERR_STATE_STORE_NOT_FOUND", $"state store {store} is not found")
        {
            Reason = "DAPR_STATE_NOT_FOUND",
            Metadata = new Dictionary<string, string> { ["appID"] = appId },
        };

    public static DaprApiException IllegalKey(string store, string key)
    {
        var message = $"api error: code = InvalidArgument desc = input key/keyPrefix '{key}' can't contain '||'";
        return new DaprApiException(400, StatusCode.InvalidArgument, "ERR_MALFORMED_REQUEST", message)
        {
            Reason = "DAPR_STATE_ILLEGAL_KEY",
            Resource = ("state", store, "", ""),
            FieldViolation = (key, message),
        };
    }

    public static DaprApiException KeyRequired() => Malformed("\"key\" is a required field");

    public static DaprApiException Malformed(string message) => new(400, StatusCode.InvalidArgument, "ERR_MALFORMED_REQUEST", message);

    public static DaprApiException Get(string store, string key, string cause) =>
        new(500, StatusCode.Internal, "ERR_STATE_GET", $"fail to get {key} from state store {store}: {cause}");

    public static DaprApiException GetBulk(string store, string cause) =>
        new(500, StatusCode.Internal, "ERR_STATE_BULK_GET", $"fail to get from state store {store}: {cause}");

    public static DaprApiException Save(string store, string cause) =>
        new(500, StatusCode.Internal, "ERR_STATE_SAVE", $"failed saving state in state store {store}: {cause}");

    public static DaprApiException Save(string store, WriteDecision decision, string cause) =>
        Conflict(decision, "ERR_STATE_SAVE", $"failed saving state in state store {store}: {cause}");

    public static DaprApiException Delete(string key, string cause) =>
        new(500, StatusCode.Internal, "ERR_STATE_DELETE", $"failed deleting state with key {key}: {cause}");

    public static DaprApiException Delete(string key, WriteDecision decision, string cause) =>
        Conflict(decision, "ERR_STATE_DELETE", $"failed deleting state with key {key}: {cause}");

    public static DaprApiException Transaction(string cause) =>
        new(500, StatusCode.Internal, "ERR_STATE_TRANSACTION", $"error while executing state transaction: {cause}");

    public static DaprApiException UnknownOperation(string operation) =>
        new(400, StatusCode.Unimplemented, "ERR_NOT_SUPPORTED_STATE_OPERATION", $"operation type {operation} not supported");

    public static DaprApiException Outbox(string cause) =>
        new(500, StatusCode.Internal, "ERR_PUBLISH_OUTBOX", $"error while publishing outbox message: {cause}");

    // The SDKs tell a lost race from a failure by these: Aborted and 409.
    private static DaprApiException Conflict(WriteDecision decision, string code, string message) => decision switch
    {
        WriteDecision.Mismatch => new DaprApiException(409, StatusCode.Aborted, code, message),
        WriteDecision.InvalidETag => new DaprApiException(400, StatusCode.InvalidArgument, code, message),
        _ => new DaprApiException(500, StatusCode.Internal, code, message),
    };
}
