namespace Dapr.Workflow.Client;

/// <summary>What an event of a history tells (Dapr Workflow API); older names of the protocol, kept by the official package.</summary>
public enum WorkflowHistoryEventType
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

    /// <summary>An event without a meaning of its own; in no history of today.</summary>
    GenericEvent,

    /// <summary>A snapshot; in no history of today.</summary>
    HistoryState,

    /// <summary>The run went on as a new generation.</summary>
    ContinueAsNew,

    /// <summary>The run was suspended.</summary>
    ExecutionSuspended,

    /// <summary>The run was resumed.</summary>
    ExecutionResumed,

    /// <summary>The run cannot go on until a worker or a limit changes.</summary>
    ExecutionStalled,
}
