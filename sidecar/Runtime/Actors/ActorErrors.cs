using Grpc.Core;

namespace DaprShop.Sidecar.Actors;

/// <summary>The errors of the actor API, with daprd's codes and words.</summary>
internal static class ActorErrors
{
    /// <summary>A call failed; what happens at another sidecar than the caller's comes through daprd's gRPC between sidecars.</summary>
    public static DaprApiException Invoke(bool remote, string cause)
    {
        const string prefix = "error invoke actor method: ";
        return Internal("ERR_ACTOR_INVOKE_METHOD", prefix + (remote ? $"rpc error: code = Internal desc = {prefix}" : "") + cause);
    }

    public static DaprApiException NoAddress(ActorKey actor) => Invoke(
        remote: false, $"failed to lookup actor: api error: code = FailedPrecondition desc = did not find address for actor '{actor}'");

    public static DaprApiException StackTooDeep() =>
        new(500, StatusCode.ResourceExhausted, "ERR_ACTOR_STACK_DEPTH", "maximum stack depth exceeded");

    public static DaprApiException InstanceMissing() =>
        new(400, StatusCode.FailedPrecondition, "ERR_ACTOR_INSTANCE_MISSING", "actor instance is missing");

    public static DaprApiException NoStore() => Internal(
        "ERR_ACTOR_RUNTIME_NOT_FOUND",
        "the state store is not configured to use the actor runtime. Have you set the - name: actorStateStore value: \"true\" in your state store component file?");

    public static DaprApiException TypeReserved(string type) =>
        new(403, StatusCode.PermissionDenied, "ERR_ACTOR_TYPE_RESERVED", $"the actor type is reserved: {type}");

    public static DaprApiException StateGet(string cause) => Internal("ERR_ACTOR_STATE_GET", $"error getting actor state: {cause}");

    public static DaprApiException StateSave(string cause) =>
        Internal("ERR_ACTOR_STATE_TRANSACTION_SAVE", $"error saving actor transaction state: {cause}");

    public static DaprApiException ReminderNotHosted() => new(
        403,
        StatusCode.PermissionDenied,
        "ERR_ACTOR_REMINDER_NON_HOSTED",
        "operations on actor reminders are only possible on hosted actor types");

    public static DaprApiException ReminderNotFound(string name) =>
        new(404, StatusCode.NotFound, "ERR_ACTOR_REMINDER_NOT_FOUND", $"actor reminder not found: {name}");

    public static DaprApiException ReminderExists(string name) =>
        new(409, StatusCode.AlreadyExists, "ERR_ACTOR_REMINDER_ALREADY_EXISTS", $"actor reminder already exists: {name}");

    public static DaprApiException ReminderCreate(string cause) => Internal("ERR_ACTOR_REMINDER_CREATE", $"error creating actor reminder: {cause}");

    public static DaprApiException TimerCreate(string cause) => Internal("ERR_ACTOR_TIMER_CREATE", $"error creating actor timer: {cause}");

    public static DaprApiException Malformed(string cause) =>
        new(400, StatusCode.InvalidArgument, "ERR_MALFORMED_REQUEST", $"failed deserializing HTTP body: {cause}");

    private static DaprApiException Internal(string code, string message) => new(500, StatusCode.Internal, code, message);
}
