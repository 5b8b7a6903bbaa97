namespace Dapr.Workflow;

/// <summary>How much history a workflow hands down to what it calls (Dapr Workflow API).</summary>
public enum HistoryPropagationScope
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The caller's own history.</summary>
    OwnHistory = 1,

    /// <summary>The caller's history and what its own ancestors handed down to it.</summary>
    Lineage = 2,
}
