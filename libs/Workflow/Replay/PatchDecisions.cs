using Dapr.Workflow.Protocol;

namespace Dapr.Workflow.Replay;

/// <summary>Which patches of the workflow's code this run takes; a decision holds for the whole run.</summary>
internal sealed class PatchDecisions
{
    private HashSet<string>? _recorded;
    private Dictionary<string, bool>? _decisions;
    private List<string>? _taken;

    /// <summary>Takes note of the decisions that history holds.</summary>
    public void Recall(HistoryEvent recorded)
    {
        if (recorded.WorkflowStarted?.Version is { Patches.Count: > 0 } version)
        {
            (_recorded ??= []).UnionWith(version.Patches);
        }
    }

    public bool Decide(string patch, bool isReplaying)
    {
        _decisions ??= [];
        if (!_decisions.TryGetValue(patch, out var take))
        {
            take = _recorded?.Contains(patch) == true || !isReplaying;
            _decisions.Add(patch, take);
        }

        if (take)
        {
            (_taken ??= []).Add(patch);
        }

        return take;
    }

    /// <summary>Every decision taken so far, in order and with repetitions: the sidecar wants what history holds as a prefix of it.</summary>
    public WorkflowVersion? ToVersion() => _taken is null ? null : new WorkflowVersion { Patches = { _taken } };
}
