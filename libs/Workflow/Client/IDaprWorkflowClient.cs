using Dapr.Common;
using Dapr.Workflow.Client;

namespace Dapr.Workflow;

/// <summary>
/// Starts workflow instances and talks to them (Dapr Workflow API). Besides what is named, every call throws
/// <see cref="Grpc.Core.RpcException"/> as the sidecar answers and <see cref="OperationCanceledException"/> when it is cancelled.
/// </summary>
public interface IDaprWorkflowClient : IDaprClient, IAsyncDisposable
{
    /// <summary>Starts an instance; returns when its first turn is committed.</summary>
    /// <param name="name">The workflow's registered name.</param>
    /// <param name="instanceId">The instance's id; null makes a random one. An id that is in use by an unfinished instance is refused.</param>
    /// <param name="input">Anything that serializes to JSON.</param>
    /// <returns>The instance's id.</returns>
    Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId = null, object? input = null);

    /// <summary>Starts an instance, possibly later.</summary>
    /// <param name="name">The workflow's registered name.</param>
    /// <param name="instanceId">The instance's id; null makes a random one.</param>
    /// <param name="input">Anything that serializes to JSON.</param>
    /// <param name="startTime">When it starts; null is now. A time of unspecified kind is local.</param>
    /// <returns>The instance's id.</returns>
    Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId, object? input, DateTime? startTime);

    /// <summary>Starts an instance, possibly later.</summary>
    /// <param name="name">The workflow's registered name.</param>
    /// <param name="instanceId">The instance's id; null makes a random one.</param>
    /// <param name="input">Anything that serializes to JSON.</param>
    /// <param name="startTime">When it starts; null is now.</param>
    /// <param name="cancellation">Ends the wait; the instance may have started nevertheless.</param>
    /// <returns>The instance's id.</returns>
    Task<string> ScheduleNewWorkflowAsync(
        string name, string? instanceId, object? input, DateTimeOffset? startTime, CancellationToken cancellation = default);

    /// <summary>Reads an instance's state; one that does not exist has <see cref="WorkflowState.Exists"/> false.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether input, output, custom status and failure are wanted too.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task<WorkflowState> GetWorkflowStateAsync(string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default);

    /// <summary>Waits until an instance has begun.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether input, output, custom status and failure are wanted too.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">There is no such instance.</exception>
    Task<WorkflowState> WaitForWorkflowStartAsync(string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default);

    /// <summary>Waits until an instance has ended, in whatever way.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether input, output, custom status and failure are wanted too.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">There is no such instance.</exception>
    Task<WorkflowState> WaitForWorkflowCompletionAsync(string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default);

    /// <summary>Raises an event; returns when it is stored, whether or not the workflow waits for it.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="eventName">The event's name, in any case.</param>
    /// <param name="eventPayload">Anything that serializes to JSON.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default);

    /// <summary>Ends an instance and its child workflows; their activities in hand still run to their end.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="output">The output the instance ends with.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task TerminateWorkflowAsync(string instanceId, object? output = null, CancellationToken cancellation = default);

    /// <summary>Pauses an instance; what happens meanwhile is kept for it.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="reason">Kept in its history.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task SuspendWorkflowAsync(string instanceId, string? reason = null, CancellationToken cancellation = default);

    /// <summary>Lets a paused instance go on.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="reason">Kept in its history.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task ResumeWorkflowAsync(string instanceId, string? reason = null, CancellationToken cancellation = default);

    /// <summary>Deletes an instance that has ended, and its child workflows.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>Whether anything was deleted.</returns>
    Task<bool> PurgeInstanceAsync(string instanceId, CancellationToken cancellation = default);

    /// <summary>Lists the ids of the instances, a page at a time.</summary>
    /// <param name="continuationToken">Of the page before; null begins.</param>
    /// <param name="pageSize">Ids a page at most; null is all.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task<WorkflowInstancePage> ListInstanceIdsAsync(
        string? continuationToken = null, int? pageSize = null, CancellationToken cancellation = default);

    /// <summary>Reads the committed history of an instance's current generation.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task<IReadOnlyList<WorkflowHistoryEvent>> GetInstanceHistoryAsync(string instanceId, CancellationToken cancellation = default);

    /// <summary>Starts a new instance that has the history of another one up to an event, and goes on from there.</summary>
    /// <param name="sourceInstanceId">The instance whose history is taken; it must have ended.</param>
    /// <param name="eventId">The id of the event that is run again.</param>
    /// <param name="options">The new instance's id and another input.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The new instance's id.</returns>
    Task<string> RerunWorkflowFromEventAsync(
        string sourceInstanceId, uint eventId, RerunWorkflowFromEventOptions? options = null, CancellationToken cancellation = default);
}
