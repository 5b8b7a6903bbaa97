using Dapr.Workflow.Protocol;

namespace Dapr.Workflow.Replay;

/// <summary>Which run a turn belongs to.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="ExecutionId">The generation of the instance; null where the sidecar tells none.</param>
/// <param name="WorkflowName">The workflow, as it was started; null where history does not tell.</param>
/// <param name="AppId">The app the run belongs to.</param>
/// <param name="Started">The event that starts the code.</param>
/// <param name="PropagatedHistory">What ancestors handed down.</param>
internal sealed record RunIdentity(
    string InstanceId,
    string? ExecutionId,
    string? WorkflowName,
    string? AppId,
    HistoryEvent? Started,
    Protocol.PropagatedHistory? PropagatedHistory)
{
    public static RunIdentity Of(WorkflowRequest request)
    {
        var started = FindLast(request, e => e.EventTypeCase == HistoryEvent.EventTypeOneofCase.ExecutionStarted);
        var name = started?.ExecutionStarted.Name
            ?? FindLast(request, e => e.WorkflowStarted?.Version is { HasName: true })?.WorkflowStarted.Version.Name;

        // Sidecars before 1.19 leave the execution id of the request out, but every one stores it with the start.
        var executionId = string.IsNullOrWhiteSpace(request.ExecutionId)
            ? started?.ExecutionStarted.WorkflowInstance?.ExecutionId
            : request.ExecutionId;
        var router = started?.Router;
        var appId = router is { HasTargetAppID: true } ? router.TargetAppID : router?.SourceAppID;
        return new RunIdentity(
            request.InstanceId, executionId, name, string.IsNullOrEmpty(appId) ? null : appId, started, request.PropagatedHistory);
    }

    private static HistoryEvent? FindLast(WorkflowRequest request, Func<HistoryEvent, bool> matches) =>
        request.NewEvents.LastOrDefault(matches) ?? request.PastEvents.LastOrDefault(matches);
}
