using Microsoft.Extensions.Logging;

namespace Dapr.Workflow;

/// <summary>
/// What workflow code works with (Dapr Workflow API). Every member must be called on the workflow's own thread, that is: not after
/// awaiting something that did not come from here; else it throws <see cref="InvalidOperationException"/> and the instance fails.
/// </summary>
public abstract class WorkflowContext : IWorkflowContext
{
    /// <summary>The workflow's name as it was started.</summary>
    public abstract string Name { get; }

    /// <summary>The instance's id.</summary>
    public abstract string InstanceId { get; }

    /// <inheritdoc/>
    public abstract DateTime CurrentUtcDateTime { get; }

    /// <inheritdoc/>
    public abstract bool IsReplaying { get; }

    /// <inheritdoc/>
    public abstract bool IsPatched(string patchName);

    /// <summary>Schedules an activity whose result is not needed.</summary>
    /// <param name="name">Its registered name, in any case.</param>
    /// <param name="input">Anything that serializes to JSON.</param>
    /// <param name="options">Retries and where it runs.</param>
    /// <returns>Completes with the activity; awaiting it throws <see cref="WorkflowTaskFailedException"/> when the activity failed.</returns>
    public virtual Task CallActivityAsync(string name, object? input = null, WorkflowTaskOptions? options = null) =>
        CallActivityAsync<object>(name, input, options);

    /// <summary>Schedules an activity.</summary>
    /// <typeparam name="T">What the result's JSON is read as.</typeparam>
    /// <param name="name">Its registered name, in any case.</param>
    /// <param name="input">Anything that serializes to JSON.</param>
    /// <param name="options">Retries and where it runs.</param>
    /// <returns>The activity's result; awaiting it throws <see cref="WorkflowTaskFailedException"/> when the activity failed.</returns>
    public abstract Task<T> CallActivityAsync<T>(string name, object? input = null, WorkflowTaskOptions? options = null);

    /// <summary>Starts a durable timer.</summary>
    /// <param name="delay">Counted from <see cref="CurrentUtcDateTime"/>.</param>
    /// <param name="cancellationToken">Ends the wait; the timer itself may still fire and is then ignored.</param>
    /// <returns>Completes when the timer fired.</returns>
    public virtual Task CreateTimer(TimeSpan delay, CancellationToken cancellationToken = default) =>
        CreateTimer(CurrentUtcDateTime.Add(delay), cancellationToken);

    /// <summary>Starts a durable timer.</summary>
    /// <param name="fireAt">When it fires, in UTC; at once when that has passed.</param>
    /// <param name="cancellationToken">Ends the wait; the timer itself may still fire and is then ignored.</param>
    /// <returns>Completes when the timer fired.</returns>
    public abstract Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken);

    /// <summary>
    /// Waits for an event raised from outside. Events that nobody waits for yet are kept; each completes one wait, in order of arrival.
    /// </summary>
    /// <typeparam name="T">What the payload's JSON is read as.</typeparam>
    /// <param name="eventName">The event's name, in any case.</param>
    /// <param name="cancellationToken">Ends the wait with <see cref="TaskCanceledException"/>.</param>
    /// <returns>The payload; default when the event had none.</returns>
    public abstract Task<T> WaitForExternalEventAsync<T>(string eventName, CancellationToken cancellationToken = default);

    /// <summary>Waits for an event raised from outside, but not for ever.</summary>
    /// <typeparam name="T">What the payload's JSON is read as.</typeparam>
    /// <param name="eventName">The event's name, in any case.</param>
    /// <param name="timeout">
    /// After this the wait ends with <see cref="TaskCanceledException"/>: at once when zero, never when negative.
    /// </param>
    /// <returns>The payload; default when the event had none.</returns>
    public virtual async Task<T> WaitForExternalEventAsync<T>(string eventName, TimeSpan timeout)
    {
        using var waiting = new CancellationTokenSource();
        using var running = new CancellationTokenSource();
        var payload = WaitForExternalEventAsync<T>(eventName, waiting.Token);
        var expired = CreateTimer(timeout, running.Token);
        if (await Task.WhenAny(payload, expired) == expired)
        {
            waiting.Cancel();
        }
        else
        {
            running.Cancel();
        }

        return await payload;
    }

    /// <summary>
    /// Raises an event of another instance; fire and forget. A real daprd (1.17) does not deliver it: prefer an activity that calls
    /// <see cref="DaprWorkflowClient.RaiseEventAsync"/>.
    /// </summary>
    /// <param name="instanceId">The instance that shall get it.</param>
    /// <param name="eventName">The event's name.</param>
    /// <param name="payload">Anything that serializes to JSON.</param>
    public abstract void SendEvent(string instanceId, string eventName, object payload);

    /// <summary>Shows a value to whoever asks for the instance's state; visible when the current turn is committed.</summary>
    /// <param name="customStatus">Anything that serializes to JSON; null clears it.</param>
    public abstract void SetCustomStatus(object? customStatus);

    /// <summary>Runs another workflow as a child and waits for its result.</summary>
    /// <typeparam name="TResult">What the result's JSON is read as.</typeparam>
    /// <param name="workflowName">Its registered name, in any case.</param>
    /// <param name="input">Anything that serializes to JSON.</param>
    /// <param name="options">The child's id, retries and where it runs.</param>
    /// <returns>
    /// The child's output; awaiting it throws <see cref="WorkflowTaskFailedException"/> when the child failed or was terminated.
    /// </returns>
    public abstract Task<TResult> CallChildWorkflowAsync<TResult>(
        string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null);

    /// <summary>Runs another workflow as a child whose result is not needed.</summary>
    /// <param name="workflowName">Its registered name, in any case.</param>
    /// <param name="input">Anything that serializes to JSON.</param>
    /// <param name="options">The child's id, retries and where it runs.</param>
    /// <returns>
    /// Completes with the child; awaiting it throws <see cref="WorkflowTaskFailedException"/> when the child failed or was terminated.
    /// </returns>
    public virtual Task CallChildWorkflowAsync(string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null) =>
        CallChildWorkflowAsync<object>(workflowName, input, options);

    /// <summary>A logger that writes only while the code is not replayed.</summary>
    /// <param name="categoryName">The category.</param>
    public abstract ILogger CreateReplaySafeLogger(string categoryName);

    /// <summary>A logger that writes only while the code is not replayed.</summary>
    /// <param name="type">The type whose name is the category.</param>
    public abstract ILogger CreateReplaySafeLogger(Type type);

    /// <summary>A logger that writes only while the code is not replayed.</summary>
    /// <typeparam name="T">The type whose name is the category.</typeparam>
    public abstract ILogger CreateReplaySafeLogger<T>();

    /// <summary>
    /// Starts the instance anew with an empty history, so that an eternal workflow's history does not grow. The code must return at once
    /// afterwards; what it returns or throws is ignored.
    /// </summary>
    /// <param name="newInput">The input of the new generation.</param>
    /// <param name="preserveUnprocessedEvents">Whether events that were raised but not yet taken go on to the new generation.</param>
    public abstract void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true);

    /// <summary>An id that is the same on every replay and differs between calls, instances and generations (UUID version 5).</summary>
    public abstract Guid NewGuid();

    /// <summary>The history that ancestors handed down to this workflow; null when they handed down none.</summary>
    public abstract PropagatedHistory? GetPropagatedHistory();
}
