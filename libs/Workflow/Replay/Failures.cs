using Dapr.Workflow.Protocol;

namespace Dapr.Workflow.Replay;

/// <summary>Exceptions as they cross the wire, and back.</summary>
internal static class Failures
{
    private const int MaxDepth = 8;
    private const int MaxStackTrace = 16 * 1024;

    public static TaskFailureDetails From(Exception exception, bool isNonRetriable = false, string? message = null) =>
        From(exception, isNonRetriable, message ?? exception.Message, depth: 1);

    public static WorkflowTaskFailureDetails ToPublic(TaskFailureDetails details) =>
        new(details.ErrorType, details.ErrorMessage, details.StackTrace);

    private static TaskFailureDetails From(Exception exception, bool isNonRetriable, string message, int depth)
    {
        var stackTrace = exception.StackTrace ?? "";
        return new TaskFailureDetails
        {
            ErrorType = exception.GetType().FullName ?? exception.GetType().Name,
            ErrorMessage = message,
            StackTrace = stackTrace.Length <= MaxStackTrace ? stackTrace : stackTrace[..MaxStackTrace],
            IsNonRetriable = isNonRetriable,
            InnerFailure = exception.InnerException is { } inner && depth < MaxDepth ? From(inner, false, inner.Message, depth + 1) : null,
        };
    }
}
