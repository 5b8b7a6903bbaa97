using System.Globalization;
using System.Text;
using DaprShop.Sidecar.Workflows.Protocol;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace DaprShop.Sidecar.Workflows;

/// <summary>
/// The management API of Dapr itself (HTTP <c>/v1.0/workflows</c>, gRPC <c>…WorkflowBeta1</c>): stricter about ids than the workflow
/// protocol, with errors of its own, and none of its calls waits for the workflow.
/// </summary>
internal sealed class WorkflowManagement(WorkflowApp app)
{
    private const int MaxIdLength = 64;

    /// <summary>Stores a new instance and returns its id; <paramref name="startTime"/> (RFC 3339) puts its start off.</summary>
    public async Task<string> StartAsync(
        string name, string? instanceId, string? input, string? startTime, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw Invalid("ERR_WORKFLOW_NAME_MISSING", "workflow name is not configured");
        }

        if (!string.IsNullOrEmpty(instanceId))
        {
            CheckNewId(instanceId);
        }

        var request = new CreateInstanceRequest
        {
            InstanceId = instanceId ?? "", Name = name, Input = input, ScheduledStartTimestamp = ParseTime(name, startTime),
        };
        try
        {
            return await app.StartAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (DaprApiException e)
        {
            throw e.Because($"error starting workflow '{name}': unable to start workflow: failed to start orchestration: ", "ERR_START_WORKFLOW");
        }
    }

    public InstanceRecord Get(string instanceId) => Find(instanceId) ?? throw Missing(instanceId);

    public InstanceRecord? Find(string instanceId)
    {
        CheckId(instanceId);
        return app.Get(instanceId);
    }

    /// <summary>The word this API has for a status; it has none for a stalled instance.</summary>
    public static string Word(OrchestrationStatus status) => status switch
    {
        OrchestrationStatus.Running => "RUNNING",
        OrchestrationStatus.Completed => "COMPLETED",
        OrchestrationStatus.ContinuedAsNew => "CONTINUED_AS_NEW",
        OrchestrationStatus.Failed => "FAILED",
        OrchestrationStatus.Canceled => "CANCELED",
        OrchestrationStatus.Terminated => "TERMINATED",
        OrchestrationStatus.Pending => "PENDING",
        OrchestrationStatus.Suspended => "SUSPENDED",
        _ => "UNKNOWN",
    };

    /// <summary>What this API tells of an instance beside its status.</summary>
    public static IEnumerable<KeyValuePair<string, string>> PropertiesOf(InstanceRecord instance)
    {
        (string Name, string? Value)[] properties =
        [
            ("custom_status", instance.CustomStatus),
            ("input", instance.Input),
            ("output", instance.Failure is null ? instance.Output : null),
            ("failure.error_type", instance.Failure?.ErrorType),
            ("failure.error_message", instance.Failure?.ErrorMessage),
            ("failure.stack_trace", instance.Failure?.StackTrace),
        ];
        return properties.Where(p => p.Value is not null).Select(p => KeyValuePair.Create($"dapr.workflow.{p.Name}", p.Value!));
    }

    public async Task RaiseEventAsync(string instanceId, string name, string? input, CancellationToken cancellationToken)
    {
        CheckId(instanceId);
        if (name.Length == 0)
        {
            throw Invalid("ERR_WORKFLOW_EVENT_NAME_MISSING", "missing workflow event name");
        }

        try
        {
            await app.RaiseEventAsync(instanceId, name, input, cancellationToken).ConfigureAwait(false);
        }
        catch (DaprApiException e)
        {
            throw e.Because(
                $"error raising event on workflow '{instanceId}': failed to raise event {name} on workflow {instanceId}: failed to raise event: ",
                "ERR_RAISE_EVENT_WORKFLOW");
        }
    }

    public async Task TerminateAsync(string instanceId, CancellationToken cancellationToken)
    {
        CheckId(instanceId);
        try
        {
            await app.TerminateAsync(instanceId, output: null, recursive: true, cancellationToken).ConfigureAwait(false);
        }
        catch (DaprApiException e)
        {
            throw e.HttpStatus == 404
                ? Missing(instanceId)
                : e.Because($"error terminating workflow '{instanceId}': failed to submit termination request: ", "ERR_TERMINATE_WORKFLOW");
        }
    }

    public async Task PurgeAsync(string instanceId, CancellationToken cancellationToken)
    {
        CheckId(instanceId);
        try
        {
            await app.PurgeAsync(instanceId, recursive: true, force: false, cancellationToken).ConfigureAwait(false);
        }
        catch (DaprApiException e)
        {
            throw e.HttpStatus == 404
                ? Missing(instanceId)
                : e.Because(
                    $"error purging workflow {instanceId}: failed to Purge workflow {instanceId}: failed to purge orchestration state: ",
                    "ERR_PURGE_WORKFLOW");
        }
    }

    public async Task PauseAsync(string instanceId, CancellationToken cancellationToken)
    {
        CheckId(instanceId);
        try
        {
            await app.SuspendAsync(instanceId, reason: null, cancellationToken).ConfigureAwait(false);
        }
        catch (DaprApiException e)
        {
            throw e.Because(
                $"error pausing workflow {instanceId}: failed to pause workflow {instanceId}: failed to suspend orchestration: ", "ERR_PAUSE_WORKFLOW");
        }
    }

    public async Task ResumeAsync(string instanceId, CancellationToken cancellationToken)
    {
        CheckId(instanceId);
        try
        {
            await app.ResumeAsync(instanceId, reason: null, cancellationToken).ConfigureAwait(false);
        }
        catch (DaprApiException e)
        {
            throw e.Because(
                $"error resuming workflow {instanceId}: failed to resume workflow {instanceId}: failed to resume orchestration: ",
                "ERR_RESUME_WORKFLOW");
        }
    }

    private static Timestamp? ParseTime(string name, string? startTime)
    {
        if (string.IsNullOrEmpty(startTime))
        {
            return null;
        }

        return DateTimeOffset.TryParse(startTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? Timestamp.FromDateTimeOffset(time)
            : throw new DaprApiException(
                500, StatusCode.Internal, "ERR_START_WORKFLOW", $"error starting workflow '{name}': '{startTime}' is not a time in RFC 3339");
    }

    private static void CheckId(string instanceId)
    {
        if (instanceId.Length == 0)
        {
            throw Invalid("ERR_INSTANCE_ID_PROVIDED_MISSING", "no instance ID was provided");
        }
    }

    private static void CheckNewId(string instanceId)
    {
        if (Encoding.UTF8.GetByteCount(instanceId) > MaxIdLength)
        {
            throw Invalid("ERR_INSTANCE_ID_TOO_LONG", $"workflow instance ID exceeds the max length of {MaxIdLength} characters");
        }

        if (!instanceId.All(c => char.IsLetterOrDigit(c) || c is '-' or '_'))
        {
            throw Invalid(
                "ERR_INSTANCE_ID_INVALID",
                $"workflow instance ID '{instanceId}' is invalid: only alphanumeric and underscore characters are allowed");
        }
    }

    private static DaprApiException Missing(string instanceId) => new(
        404, StatusCode.NotFound, "ERR_INSTANCE_ID_NOT_FOUND", $"unable to find workflow with the provided instance ID: {instanceId}");

    private static DaprApiException Invalid(string errorCode, string message) => new(400, StatusCode.InvalidArgument, errorCode, message);
}
