using Dapr.Workflow.Abstractions;

namespace Dapr.Workflow;

/// <summary>
/// One step of a workflow that may do anything: I/O, clocks, randomness (Dapr Workflow API). It runs at least once; side effects that must
/// happen once need a key that stays the same over all attempts.
/// </summary>
/// <typeparam name="TInput">What the workflow passes; JSON on the wire.</typeparam>
/// <typeparam name="TOutput">What the workflow gets back; JSON on the wire.</typeparam>
public abstract class WorkflowActivity<TInput, TOutput> : IWorkflowActivity
{
    /// <inheritdoc/>
    Type IWorkflowActivity.InputType => typeof(TInput);

    /// <inheritdoc/>
    Type IWorkflowActivity.OutputType => typeof(TOutput);

    /// <inheritdoc/>
    public async Task<object?> RunAsync(WorkflowActivityContext context, object? input) =>
        await RunAsync(context, input is null ? default! : (TInput)input);

    /// <summary>The activity's work. An exception that leaves it reaches the workflow as a <see cref="WorkflowTaskFailedException"/>.</summary>
    /// <param name="context">Which call this is.</param>
    /// <param name="input">What the workflow passed; default when it passed nothing.</param>
    /// <returns>The result for the workflow.</returns>
    public abstract Task<TOutput> RunAsync(WorkflowActivityContext context, TInput input);
}
