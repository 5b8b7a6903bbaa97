using DaprShop.Sidecar.Storage;
using DaprShop.Sidecar.Workflows.Protocol;
using Grpc.Core;

namespace DaprShop.Sidecar.Workflows;

/// <summary>What the engine refuses. Clients know these texts: daprd has no codes of its own for most of them.</summary>
internal static class WorkflowErrors
{
    public static DaprApiException NotFound() => new(404, StatusCode.Unknown, "ERR_INSTANCE_ID_NOT_FOUND", "no such instance exists");

    public static DaprApiException NoSource(string instanceId) => new(
        404, StatusCode.NotFound, "ERR_INSTANCE_ID_NOT_FOUND", $"workflow instance does not exist with ID '{instanceId}'");

    public static DaprApiException Stopping() => new(503, StatusCode.Unavailable, "ERR_WORKFLOW", "the workflow engine is stopping");

    public static DaprApiException NotStored(string cause) => new(500, StatusCode.Internal, "ERR_WORKFLOW", $"could not be stored: {cause}");

    /// <summary>The same refusal as the answer to another operation.</summary>
    public static DaprApiException Because(this DaprApiException cause, string prefix, string? errorCode = null) => errorCode is null
        ? new(cause.HttpStatus, cause.GrpcStatus, cause.ErrorCode, prefix + cause.Message)
        : new(500, StatusCode.Internal, errorCode, prefix + cause.Message);

    public static void ThrowUnlessReplaceable(Session session, InstanceHead existing, bool enforceUnique)
    {
        var id = existing.Key.InstanceId;
        if (!existing.Status.IsTerminal())
        {
            throw AlreadyExists($"an active workflow with ID '{id}' already exists");
        }

        if (enforceUnique)
        {
            throw AlreadyExists($"a workflow with ID '{id}' already exists and the request enforces instance ID uniqueness");
        }

        if (Mailbox.HasLiveDescendant(session, existing.Key))
        {
            throw AlreadyExists($"cannot recreate workflow with ID '{id}': a child workflow is still active");
        }
    }

    public static void ThrowIfStalled(InstanceHead instance)
    {
        if (instance.Status == OrchestrationStatus.Stalled)
        {
            throw Refused("workflow is stalled");
        }
    }

    public static void ThrowUnlessPurgeable(InstanceHead instance)
    {
        ThrowIfStalled(instance);
        if (!instance.Status.IsTerminal())
        {
            throw Refused("orchestration has not yet completed");
        }
    }

    public static void ThrowUnlessRerunnable(InstanceHead source, InstanceHead? existing, string newInstanceId)
    {
        if (!source.Status.IsTerminal())
        {
            throw new DaprApiException(
                400, StatusCode.InvalidArgument, "ERR_WORKFLOW", $"'{source.Key.InstanceId}': only a finished workflow can be run again");
        }

        if (existing is not null)
        {
            throw AlreadyExists($"workflow '{newInstanceId}' has already been created");
        }
    }

    private static DaprApiException AlreadyExists(string message) => new(409, StatusCode.AlreadyExists, "ERR_WORKFLOW_EXISTS", message);

    private static DaprApiException Refused(string message) => new(500, StatusCode.Unknown, "ERR_WORKFLOW", message);
}
