using Dapr.Common.Serialization;
using Dapr.Workflow.Protocol;

namespace Dapr.Workflow.Replay;

/// <summary>A call that ends with a result or a failure.</summary>
internal abstract class CallOperation<T>(OperationKind kind, string name, IDaprSerializer serializer) : ScheduledOperation(kind, name)
{
    private readonly TaskCompletionSource<T> _completion = new();

    public Task<T> Task => _completion.Task;

    public sealed override bool IsOpen => !Task.IsCompleted;

    protected void Succeed(string? result) => _completion.SetFromPayload(serializer, result);

    protected void Fail(string message, WorkflowTaskFailureDetails details) =>
        _completion.TrySetException(new WorkflowTaskFailedException(message, details));
}

/// <summary>An activity.</summary>
internal sealed class ActivityCall<T>(
    string name, object? input, TaskRouter? router, HistoryPropagationScope scope, DeterministicIds ids, int number, IDaprSerializer serializer)
    : CallOperation<T>(OperationKind.Activity, name, serializer)
{
    private readonly IDaprSerializer _serializer = serializer;

    /// <summary>The call's idempotency key; derived from its number, so the same on every replay.</summary>
    public string ExecutionId => ids.TaskExecutionId(number, Name);

    public override void Resolve(HistoryEvent resolution)
    {
        if (resolution.TaskCompleted is { } completed)
        {
            Succeed(completed.Result);
            return;
        }

        var details = resolution.TaskFailed.FailureDetails;
        var failure = details is null
            ? new WorkflowTaskFailureDetails("Exception", "Unknown error")
            : new WorkflowTaskFailureDetails(details.ErrorType, details.ErrorMessage, details.StackTrace) { IsNonRetriable = details.IsNonRetriable };
        Fail($"Task failed: {failure.ErrorMessage}", failure);
    }

    protected override WorkflowAction CreateAction()
    {
        var task = new ScheduleTaskAction { Name = Name, Input = _serializer.ToPayload(input), TaskExecutionId = ExecutionId };
        if (scope != HistoryPropagationScope.None)
        {
            task.HistoryPropagationScope = (Protocol.HistoryPropagationScope)scope;
        }

        return new WorkflowAction { ScheduleTask = task, Router = router };
    }
}

/// <summary>A child workflow.</summary>
internal sealed class ChildWorkflowCall<T>(
    string name, object? input, TaskRouter? router, HistoryPropagationScope scope, string instanceId, string? firstAttempt, IDaprSerializer serializer)
    : CallOperation<T>(OperationKind.ChildWorkflow, name, serializer)
{
    private readonly IDaprSerializer _serializer = serializer;

    public override void Resolve(HistoryEvent resolution)
    {
        if (resolution.ChildWorkflowInstanceCompleted is { } completed)
        {
            Succeed(completed.Result);
            return;
        }

        // A child that was terminated fails without details. That a failure is marked as not to be retried is not looked at: .NET workers
        // mark every failure of a workflow so, and a retry policy for a child would never retry.
        var details = resolution.ChildWorkflowInstanceFailed.FailureDetails;
        Fail($"Child workflow '{Name}' failed", details is null ? new("Exception", "Unknown message") : Failures.ToPublic(details));
    }

    protected override WorkflowAction CreateAction()
    {
        var child = new CreateChildWorkflowAction { Name = Name, InstanceId = instanceId, Input = _serializer.ToPayload(input) };
        if (scope != HistoryPropagationScope.None)
        {
            child.HistoryPropagationScope = (Protocol.HistoryPropagationScope)scope;
        }

        if (firstAttempt is not null)
        {
            child.RetryParentInstanceInfo = new RetryParentInstanceInfo { InstanceID = firstAttempt };
        }

        return new WorkflowAction { CreateChildWorkflow = child, Router = router };
    }
}
