namespace Dapr.Workflow;

/// <summary>The failure of an activity, a child workflow or an instance, as it crossed the wire (Dapr Workflow API).</summary>
/// <param name="errorType">Full name of the exception's type; of whatever the failing worker's language calls it.</param>
/// <param name="errorMessage">The exception's message.</param>
/// <param name="stackTrace">Where it was thrown, when the worker told.</param>
public class WorkflowTaskFailureDetails(string errorType, string errorMessage, string? stackTrace = null)
{
    /// <summary>Full name of the exception's type.</summary>
    public string ErrorType { get; } = errorType;

    /// <summary>The exception's message.</summary>
    public string ErrorMessage { get; } = errorMessage;

    /// <summary>Where it was thrown, when the worker told.</summary>
    public string? StackTrace { get; } = stackTrace;

    /// <summary>Whether the worker said that another attempt cannot help.</summary>
    internal bool IsNonRetriable { get; init; }

    /// <summary>Whether the failure was an exception of this type or of one derived from it; false when the type is not known here.</summary>
    /// <typeparam name="T">The exception type to test for.</typeparam>
    public bool IsCausedBy<T>() where T : Exception =>
        ErrorType == typeof(T).FullName || typeof(T).IsAssignableFrom(FindErrorType(typeof(T)));

    /// <summary>Type and message.</summary>
    public override string ToString() => $"{ErrorType}: {ErrorMessage}";

    // A full name without its assembly is found in the core library and in this assembly only, so the asked type's own assembly helps.
    private Type? FindErrorType(Type near) =>
        string.IsNullOrEmpty(ErrorType) ? null : Type.GetType(ErrorType, throwOnError: false) ?? near.Assembly.GetType(ErrorType, throwOnError: false);
}
