namespace Dapr.Workflow;

/// <summary>Where an instance stands (Dapr Workflow API).</summary>
public enum WorkflowRuntimeStatus
{
    /// <summary>There is no such instance, or its status has no name here.</summary>
    Unknown = -1,

    /// <summary>It has begun and not ended.</summary>
    Running = 0,

    /// <summary>It has returned.</summary>
    Completed = 1,

    /// <summary>It goes on as a new generation.</summary>
    ContinuedAsNew = 2,

    /// <summary>It ended with an exception.</summary>
    Failed = 3,

    /// <summary>It was canceled.</summary>
    Canceled = 4,

    /// <summary>It was terminated from outside.</summary>
    Terminated = 5,

    /// <summary>It is stored and has not begun.</summary>
    Pending = 6,

    /// <summary>It is paused until it is resumed.</summary>
    Suspended = 7,

    /// <summary>It cannot go on until a worker or a limit changes.</summary>
    Stalled = 8,
}
