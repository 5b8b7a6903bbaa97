namespace Dapr.Workflow;

/// <summary>What happened at a point of a propagated history (Dapr Workflow API).</summary>
public enum HistoryEventKind
{
    /// <summary>Nothing that has a name here.</summary>
    Unknown = 0,

    /// <summary>The run began.</summary>
    ExecutionStarted,

    /// <summary>The run ended.</summary>
    ExecutionCompleted,

    /// <summary>The run was terminated.</summary>
    ExecutionTerminated,

    /// <summary>An activity was scheduled.</summary>
    TaskScheduled,

    /// <summary>An activity returned.</summary>
    TaskCompleted,

    /// <summary>An activity failed.</summary>
    TaskFailed,

    /// <summary>A child workflow was created.</summary>
    SubOrchestrationInstanceCreated,

    /// <summary>A child workflow returned.</summary>
    SubOrchestrationInstanceCompleted,

    /// <summary>A child workflow failed.</summary>
    SubOrchestrationInstanceFailed,

    /// <summary>A timer was created.</summary>
    TimerCreated,

    /// <summary>A timer fired.</summary>
    TimerFired,

    /// <summary>A turn began.</summary>
    OrchestratorStarted,

    /// <summary>A turn ended.</summary>
    OrchestratorCompleted,

    /// <summary>An event was sent to another instance.</summary>
    EventSent,

    /// <summary>An event was raised from outside.</summary>
    EventRaised,

    /// <summary>The run went on as a new generation.</summary>
    ContinueAsNew,

    /// <summary>The run was suspended.</summary>
    ExecutionSuspended,

    /// <summary>The run was resumed.</summary>
    ExecutionResumed,
}
