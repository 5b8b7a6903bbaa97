using Dapr.Workflow.Protocol;
using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Replay;

internal sealed partial class WorkflowExecution
{
    private WorkflowResponse Answer()
    {
        if (_guard.IsBroken)
        {
            _failure ??= LeftTurn();
        }

        // Status and patches go out on every turn: some sidecars take their absence for a change.
        var response = new WorkflowResponse
        {
            InstanceId = _request.InstanceId,
            CustomStatus = _context.CustomStatus,
            Version = _patches.ToVersion(),
        };

        if (_terminated is not null)
        {
            response.Actions.Add(Complete(OrchestrationStatus.Terminated, _terminated.ExecutionTerminated.Input));
        }
        else if (!_isSuspended)
        {
            // A suspended run answers nothing; replay finds its actions again once it is resumed.
            AddActions(response);
        }

        foreach (var unclaimed in _ledger.Unclaimed)
        {
            LogUnclaimed(_logger, _request.InstanceId, unclaimed.EventTypeCase);
        }

        return response;
    }

    private void AddActions(WorkflowResponse response)
    {
        if (_failure is not null)
        {
            response.Actions.Add(Fail(_failure));
            return;
        }

        if (_context.Continuation is { } continuation)
        {
            if (continuation.KeepsEvents)
            {
                continuation.Action.CompleteWorkflow.CarryoverEvents.AddRange(_events.Unclaimed);
            }

            response.Actions.AddRange(_ledger.PendingActions());
        }
        else if (_code is { IsCompleted: true })
        {
            response.Actions.AddRange(_ledger.PendingActions());
            response.Actions.Add(Outcome(_code));
        }
        else if (_ledger.HasOpen || _events.HasWaits)
        {
            response.Actions.AddRange(_ledger.PendingActions());
        }
        else
        {
            // Nothing that could ever reach the code is outstanding, so it waits for something else; the instance would hang for ever.
            response.Actions.Add(Fail(LeftTurn()));
        }
    }

    private WorkflowAction Outcome(Task<object?> code)
    {
        try
        {
            return Complete(OrchestrationStatus.Completed, _serializer.ToPayload(code.GetAwaiter().GetResult()));
        }
        catch (Exception exception)
        {
            return Fail(Failures.From(exception, isNonRetriable: true));
        }
    }

    private WorkflowAction Complete(OrchestrationStatus status, string? result) => new()
    {
        Id = _ledger.NextId,
        CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = status, Result = result },
    };

    private WorkflowAction Fail(TaskFailureDetails failure)
    {
        LogFailed(_logger, _run.WorkflowName, _request.InstanceId, failure.ErrorType, failure.ErrorMessage);
        return new WorkflowAction
        {
            Id = _ledger.NextId,
            CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = OrchestrationStatus.Failed, FailureDetails = failure },
        };
    }

    [LoggerMessage(3, LogLevel.Warning, "Workflow {Workflow}, instance {InstanceId}, failed: {ErrorType}: {ErrorMessage}")]
    private static partial void LogFailed(ILogger logger, string? workflow, string instanceId, string errorType, string errorMessage);

    [LoggerMessage(2, LogLevel.Warning, "Workflow instance {InstanceId}: the code never asked for what {Event} answers")]
    private static partial void LogUnclaimed(ILogger logger, string instanceId, HistoryEvent.EventTypeOneofCase @event);
}
