namespace DaprShop.Sidecar.Workflows;

internal static partial class WorkflowLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "A workflow worker of {AppId} connected, {Count} now")]
    public static partial void WorkerConnected(this ILogger logger, string appId, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "A workflow worker of {AppId} is gone, {Count} left; {Returned} items went back")]
    public static partial void WorkerGone(this ILogger logger, string appId, int count, int returned);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Dropped an answer to instance {InstanceId} task {TaskId}: nothing of that token is in flight")]
    public static partial void LateAnswer(this ILogger logger, string instanceId, int? taskId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The answer to a turn of {InstanceId} cannot be committed, trying again in {Delay}: {Reason}")]
    public static partial void TurnRefused(this ILogger logger, string instanceId, TimeSpan delay, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No answer to a turn of {InstanceId} within {Lease}; it goes to a worker again")]
    public static partial void LeaseOver(this ILogger logger, string instanceId, TimeSpan lease);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store refused a write of workflow instance {InstanceId}")]
    public static partial void StoreFailed(this ILogger logger, Exception exception, string instanceId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The timers of the workflow engine failed; trying again")]
    public static partial void TimersFailed(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Workflow instance {InstanceId} has a history without a start; what is in its inbox is dropped")]
    public static partial void Corrupt(this ILogger logger, string instanceId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Workflow instance {InstanceId} is stalled: {Reason}")]
    public static partial void Stalled(this ILogger logger, string instanceId, string reason);
}
