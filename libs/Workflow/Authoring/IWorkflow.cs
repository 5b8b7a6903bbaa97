namespace Dapr.Workflow;

/// <summary>
/// What the worker runs as a workflow (Dapr Workflow API). Authors derive from <see cref="Workflow{TInput, TOutput}"/> instead.
/// </summary>
public interface IWorkflow
{
    /// <summary>The type the input's JSON is read as.</summary>
    Type InputType { get; }

    /// <summary>The type of the result.</summary>
    Type OutputType { get; }

    /// <summary>Runs the workflow from its beginning; replayed on every turn.</summary>
    /// <param name="context">The run's context.</param>
    /// <param name="input">The input, an <see cref="InputType"/> or null.</param>
    /// <returns>The result, an <see cref="OutputType"/> or null.</returns>
    Task<object?> RunAsync(WorkflowContext context, object? input);
}
