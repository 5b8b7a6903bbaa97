using Dapr.Common.Serialization;
using Dapr.Workflow.Protocol;
using Dapr.Workflow.Replay;

namespace Dapr.Workflow;

/// <summary>What a sidecar tells of an instance (Dapr Workflow API).</summary>
public sealed class WorkflowState
{
    private readonly Protocol.WorkflowState? _state;
    private readonly IDaprSerializer _serializer;

    internal WorkflowState(GetInstanceResponse response, IDaprSerializer serializer)
    {
        _state = response.Exists ? response.WorkflowState ?? new Protocol.WorkflowState() : null;
        _serializer = serializer;
    }

    /// <summary>Whether there is such an instance.</summary>
    public bool Exists => _state is not null;

    /// <summary>The name of the workflow it runs; null when it does not exist.</summary>
    public string? WorkflowName => _state?.Name;

    /// <summary>Whether its status is Running.</summary>
    public bool IsWorkflowRunning => RuntimeStatus == WorkflowRuntimeStatus.Running;

    /// <summary>Whether it has ended: Completed, Failed or Terminated.</summary>
    public bool IsWorkflowCompleted =>
        RuntimeStatus is WorkflowRuntimeStatus.Completed or WorkflowRuntimeStatus.Failed or WorkflowRuntimeStatus.Terminated;

    /// <summary>When its current generation was created.</summary>
    public DateTimeOffset CreatedAt => _state?.CreatedTimestamp?.ToDateTimeOffset() ?? default;

    /// <summary>The time of the last event of its history.</summary>
    public DateTimeOffset LastUpdatedAt => _state?.LastUpdatedTimestamp?.ToDateTimeOffset() ?? default;

    /// <summary>Where it stands; Unknown when it does not exist.</summary>
    public WorkflowRuntimeStatus RuntimeStatus => _state is null
        ? WorkflowRuntimeStatus.Unknown
        : Enum.IsDefined((WorkflowRuntimeStatus)(int)_state.WorkflowStatus) ? (WorkflowRuntimeStatus)(int)_state.WorkflowStatus : WorkflowRuntimeStatus.Unknown;

    /// <summary>Why it failed; null when it did not, or when inputs and outputs were not asked for.</summary>
    public WorkflowTaskFailureDetails? FailureDetails => _state?.FailureDetails is { } details ? Failures.ToPublic(details) : null;

    /// <summary>Reads the input; default when there is none or it was not asked for.</summary>
    /// <typeparam name="T">What the JSON is read as.</typeparam>
    public T? ReadInputAs<T>() => _serializer.Deserialize<T>(_state?.Input);

    /// <summary>Reads the output; default when there is none or it was not asked for.</summary>
    /// <typeparam name="T">What the JSON is read as.</typeparam>
    public T? ReadOutputAs<T>() => _serializer.Deserialize<T>(_state?.Output);

    /// <summary>Reads the custom status; default when there is none or it was not asked for.</summary>
    /// <typeparam name="T">What the JSON is read as.</typeparam>
    public T? ReadCustomStatusAs<T>() => _serializer.Deserialize<T>(_state?.CustomStatus);
}
