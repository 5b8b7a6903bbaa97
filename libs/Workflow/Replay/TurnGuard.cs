using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Replay;

/// <summary>
/// Notices workflow code that left its turn: everything a workflow may await completes on the thread of the turn, so code that comes back
/// on another one, or later, has awaited something else and would not replay the same way.
/// </summary>
internal sealed partial class TurnGuard(string instanceId, ILogger logger)
{
    public const string Message =
        "Workflow code awaited something that is not a workflow task (Task.Run, Task.Delay, I/O, …). " +
        "Await only tasks of the WorkflowContext; do everything else in an activity.";

    private readonly int _thread = Environment.CurrentManagedThreadId;
    private volatile bool _isOver;
    private volatile bool _isBroken;

    /// <summary>Whether code was seen outside of the turn.</summary>
    public bool IsBroken => _isBroken;

    public void End() => _isOver = true;

    /// <exception cref="InvalidOperationException">The caller is not on the turn's thread, or the turn is over.</exception>
    public void Enter()
    {
        if (!TryEnter())
        {
            throw new InvalidOperationException(Message);
        }
    }

    public bool TryEnter()
    {
        if (!_isOver && _thread == Environment.CurrentManagedThreadId)
        {
            return true;
        }

        if (!_isBroken)
        {
            _isBroken = true;
            LogLeftTurn(logger, instanceId, Message);
        }

        return false;
    }

    [LoggerMessage(1, LogLevel.Error, "Workflow instance {InstanceId}: {Reason}")]
    private static partial void LogLeftTurn(ILogger logger, string instanceId, string reason);
}
