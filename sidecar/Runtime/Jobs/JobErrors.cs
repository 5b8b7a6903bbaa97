using Grpc.Core;

namespace DaprShop.Sidecar.Jobs;

/// <summary>The errors of the jobs API, with daprd's codes and words.</summary>
internal static class JobErrors
{
    public static DaprApiException NameEmpty(string appId) =>
        Of(400, StatusCode.InvalidArgument, "DAPR_SCHEDULER_JOB_NAME_EMPTY", "Name is empty", appId);

    public static DaprApiException NameInBody(string appId) =>
        Of(400, StatusCode.InvalidArgument, "DAPR_SCHEDULER_JOB_NAME", "Set the job name in the url only", appId);

    public static DaprApiException Empty(string appId) =>
        Of(400, StatusCode.InvalidArgument, "DAPR_SCHEDULER_EMPTY", "Job is empty", appId);

    public static DaprApiException NoSchedule(string appId) =>
        Of(400, StatusCode.InvalidArgument, "DAPR_SCHEDULER_SCHEDULE_EMPTY", "Schedule is empty", appId);

    public static DaprApiException Schedule(string appId, string cause) =>
        Of(500, StatusCode.Internal, "DAPR_SCHEDULER_SCHEDULE_JOB", $"failed to schedule job due to: {cause}", appId);

    public static DaprApiException Exists(string appId, string name) => Of(
        409,
        StatusCode.AlreadyExists,
        "DAPR_SCHEDULER_SCHEDULE_JOB",
        $"failed to schedule job due to: rpc error: code = AlreadyExists desc = job already exists: '{name}'",
        appId);

    public static DaprApiException NotFound(string appId, string name) => Of(
        500,
        StatusCode.Internal,
        "DAPR_SCHEDULER_GET_JOB",
        $"failed to get job due to: rpc error: code = NotFound desc = job not found: {name}",
        appId);

    private static DaprApiException Of(int http, StatusCode grpc, string code, string message, string appId) => new(http, grpc, code, message)
    {
        Reason = code,
        Metadata = new Dictionary<string, string> { ["appID"] = appId, ["namespace"] = "default" },
    };
}
