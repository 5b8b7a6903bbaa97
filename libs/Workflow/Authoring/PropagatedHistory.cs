namespace Dapr.Workflow;

/// <summary>
/// History that ancestor workflows handed down (Dapr Workflow API): one entry an ancestor, the oldest first, the immediate parent last.
/// </summary>
/// <param name="workflows">The ancestors' entries.</param>
public sealed class PropagatedHistory(IReadOnlyList<PropagatedHistoryEntry> workflows)
{
    /// <summary>All entries.</summary>
    public IReadOnlyList<PropagatedHistoryEntry> GetWorkflows() => workflows;

    /// <summary>The ids of the apps the ancestors ran in, each once.</summary>
    public IReadOnlyList<string> GetAppIds() => [.. workflows.Select(w => w.AppId).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The entries of the ancestors of this name, in any case.</summary>
    /// <param name="name">A workflow's name.</param>
    public IReadOnlyList<PropagatedHistoryEntry> GetWorkflowsByName(string name) =>
        [.. workflows.Where(w => string.Equals(w.WorkflowName, name, StringComparison.OrdinalIgnoreCase))];

    /// <summary>The entries of the ancestors that ran in this app.</summary>
    /// <param name="appId">An app's id.</param>
    public IReadOnlyList<PropagatedHistoryEntry> GetWorkflowsByAppId(string appId) =>
        [.. workflows.Where(w => string.Equals(w.AppId, appId, StringComparison.OrdinalIgnoreCase))];

    /// <summary>The entries of this instance.</summary>
    /// <param name="instanceId">An instance's id.</param>
    public IReadOnlyList<PropagatedHistoryEntry> GetWorkflowsByInstanceId(string instanceId) =>
        [.. workflows.Where(w => string.Equals(w.InstanceId, instanceId, StringComparison.Ordinal))];
}

/// <summary>The history of one ancestor (Dapr Workflow API).</summary>
/// <param name="AppId">The app it ran in.</param>
/// <param name="InstanceId">Its instance id.</param>
/// <param name="WorkflowName">Its workflow's name.</param>
/// <param name="Events">Its events, in order.</param>
public sealed record PropagatedHistoryEntry(
    string AppId, string InstanceId, string WorkflowName, IReadOnlyList<PropagatedHistoryEvent> Events);

/// <summary>An event of an ancestor's history (Dapr Workflow API).</summary>
/// <param name="EventId">The action's id for events born from an action, -1 for all others.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Timestamp">When.</param>
public sealed record PropagatedHistoryEvent(int EventId, HistoryEventKind Kind, DateTimeOffset Timestamp);
