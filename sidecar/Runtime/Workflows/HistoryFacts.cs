using DaprShop.Sidecar.Workflows.Protocol;
using Case = DaprShop.Sidecar.Workflows.Protocol.HistoryEvent.EventTypeOneofCase;

namespace DaprShop.Sidecar.Workflows;

/// <summary>What a workflow waits for; resolutions are told apart by kind and id.</summary>
internal enum TaskKind
{
    Activity,
    Timer,
    Child,
}

/// <summary>What a list of history events says, kept up to date event by event.</summary>
internal sealed class HistoryFacts
{
    private readonly HashSet<(TaskKind Kind, int Id)> _created = [];
    private readonly HashSet<(TaskKind Kind, int Id)> _resolved = [];

    /// <summary>The event that holds <see cref="ExecutionStartedEvent"/>; null before the first turn.</summary>
    public HistoryEvent? Started { get; private set; }

    public ExecutionCompletedEvent? Completed { get; private set; }

    public ExecutionTerminatedEvent? Terminated { get; private set; }

    /// <summary>The event that suspended the instance; null when it is not suspended (any more).</summary>
    public HistoryEvent? Suspension { get; private set; }

    /// <summary>A resume was seen, so a suspension of older events does not count.</summary>
    public bool Resumed { get; private set; }

    public bool Stalled { get; private set; }

    /// <summary>The patches the code had decided to take when it last said so.</summary>
    public IReadOnlyList<string> Patches { get; private set; } = [];

    public bool HasCreated(TaskKind kind, int id) => _created.Contains((kind, id));

    public bool HasResolved(TaskKind kind, int id) => _resolved.Contains((kind, id));

    public void Add(HistoryEvent e)
    {
        Stalled = false;
        switch (e.EventTypeCase)
        {
            case Case.ExecutionStarted:
                Started = e;
                break;
            case Case.ExecutionCompleted:
                Completed = e.ExecutionCompleted;
                break;
            case Case.ExecutionTerminated:
                Terminated = e.ExecutionTerminated;
                break;
            case Case.ExecutionSuspended:
                Suspension = e;
                Resumed = false;
                break;
            case Case.ExecutionResumed:
                Suspension = null;
                Resumed = true;
                break;
            case Case.ExecutionStalled:
                Stalled = true;
                break;
            case Case.WorkflowStarted when e.WorkflowStarted.Version is { Patches.Count: > 0 } version:
                Patches = version.Patches;
                break;
        }

        if (Creates(e) is { } created)
        {
            _created.Add(created);
        }
        else if (Resolves(e) is { } resolved)
        {
            _resolved.Add(resolved);
        }
    }

    public static (TaskKind Kind, int Id)? Creates(HistoryEvent e) => e.EventTypeCase switch
    {
        Case.TaskScheduled => (TaskKind.Activity, e.EventId),
        Case.TimerCreated => (TaskKind.Timer, e.EventId),
        Case.ChildWorkflowInstanceCreated => (TaskKind.Child, e.EventId),
        _ => null,
    };

    public static (TaskKind Kind, int Id)? Resolves(HistoryEvent e) => e.EventTypeCase switch
    {
        Case.TaskCompleted => (TaskKind.Activity, e.TaskCompleted.TaskScheduledId),
        Case.TaskFailed => (TaskKind.Activity, e.TaskFailed.TaskScheduledId),
        Case.TimerFired => (TaskKind.Timer, e.TimerFired.TimerId),
        Case.ChildWorkflowInstanceCompleted => (TaskKind.Child, e.ChildWorkflowInstanceCompleted.TaskScheduledId),
        Case.ChildWorkflowInstanceFailed => (TaskKind.Child, e.ChildWorkflowInstanceFailed.TaskScheduledId),
        _ => null,
    };
}
