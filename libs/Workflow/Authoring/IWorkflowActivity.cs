namespace Dapr.Workflow.Abstractions;

/// <summary>
/// What the worker runs as an activity (Dapr Workflow API). Authors derive from <see cref="WorkflowActivity{TInput, TOutput}"/> instead.
/// </summary>
public interface IWorkflowActivity
{
    /// <summary>The type the input's JSON is read as.</summary>
    Type InputType { get; }

    /// <summary>The type of the result.</summary>
    Type OutputType { get; }

    /// <summary>Does the activity's work.</summary>
    /// <param name="context">Which call this is.</param>
    /// <param name="input">The input, an <see cref="InputType"/> or null.</param>
    /// <returns>The result, an <see cref="OutputType"/> or null.</returns>
    Task<object?> RunAsync(WorkflowActivityContext context, object? input);
}
