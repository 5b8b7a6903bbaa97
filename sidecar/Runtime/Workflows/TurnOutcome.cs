using DaprShop.Sidecar.Workflows.Protocol;

namespace DaprShop.Sidecar.Workflows;

/// <summary>What a turn commits, all of it in one transaction.</summary>
internal sealed record TurnOutcome
{
    public required OrchestrationStatus Status { get; init; }

    /// <summary>Appended to the history; the turn's own events first.</summary>
    public IReadOnlyList<HistoryEvent> Events { get; init; } = [];

    /// <summary>Set by continue-as-new: the history ends and this begins.</summary>
    public NextGeneration? Next { get; init; }

    public IReadOnlyList<ActivityOrder> Activities { get; init; } = [];

    public IReadOnlyList<TimerOrder> Timers { get; init; } = [];

    public IReadOnlyList<WorkflowMessage> Messages { get; init; } = [];

    /// <summary>Null keeps the custom status there is, "" clears it.</summary>
    public string? CustomStatus { get; init; }

    /// <summary>How the instance ended; null while it lives.</summary>
    public ExecutionCompletedEvent? Completed { get; init; }

    /// <summary>The termination that must reach the children too; null when there is none.</summary>
    public ExecutionTerminatedEvent? TerminateChildren { get; init; }

    /// <summary>A stalled turn leaves its inbox for the next attempt.</summary>
    public bool ConsumesInbox { get; init; } = true;
}

/// <summary>The events a new generation starts with, before what is still in the inbox.</summary>
internal sealed record NextGeneration(string ExecutionId, IReadOnlyList<HistoryEvent> Inbox);

/// <summary>An activity to run, by a worker of <paramref name="AppId"/>.</summary>
internal sealed record ActivityOrder(int TaskId, string AppId, TaskScheduledEvent Task);

/// <summary>A timer; <paramref name="FireAt"/> in nanoseconds since 1970.</summary>
internal sealed record TimerOrder(int TimerId, long FireAt);

/// <summary>What a turn sends to another instance.</summary>
internal abstract record WorkflowMessage(string AppId, string InstanceId);

/// <summary>A start; <paramref name="ParentTaskId"/> is null for a detached workflow.</summary>
internal sealed record StartMessage(string AppId, string InstanceId, HistoryEvent Started, int? ParentTaskId)
    : WorkflowMessage(AppId, InstanceId);

/// <summary>An event; with an <paramref name="ExecutionId"/> it is for that generation alone.</summary>
internal sealed record EventMessage(string AppId, string InstanceId, HistoryEvent Event, string? ExecutionId = null)
    : WorkflowMessage(AppId, InstanceId);

/// <summary>The answer of a worker cannot be committed; the turn is tried again.</summary>
internal sealed class InvalidTurnException(string message) : Exception(message);

internal static class StatusExtensions
{
    public static bool IsTerminal(this OrchestrationStatus status) => status
        is OrchestrationStatus.Completed or OrchestrationStatus.Failed or OrchestrationStatus.Terminated or OrchestrationStatus.Canceled;
}
