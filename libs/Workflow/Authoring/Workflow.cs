namespace Dapr.Workflow;

/// <summary>
/// A durable workflow (Dapr Workflow API): code that survives crashes and restarts by being replayed over its history. It must be
/// deterministic: it awaits nothing but tasks of its <see cref="WorkflowContext"/> and takes time, ids and results from there.
/// </summary>
/// <typeparam name="TInput">What the workflow is started with; JSON on the wire.</typeparam>
/// <typeparam name="TOutput">What it returns; JSON on the wire.</typeparam>
public abstract class Workflow<TInput, TOutput> : IWorkflow
{
    /// <inheritdoc/>
    Type IWorkflow.InputType => typeof(TInput);

    /// <inheritdoc/>
    Type IWorkflow.OutputType => typeof(TOutput);

    /// <inheritdoc/>
    async Task<object?> IWorkflow.RunAsync(WorkflowContext context, object? input) =>
        await RunAsync(context, input is null ? default! : (TInput)input);

    /// <summary>The workflow's code. An exception that leaves it makes the instance Failed.</summary>
    /// <param name="context">Schedules activities, timers, child workflows and waits for events.</param>
    /// <param name="input">The input the instance was started with; default when there was none.</param>
    /// <returns>The output of the instance.</returns>
    public abstract Task<TOutput> RunAsync(WorkflowContext context, TInput input);
}
