using DaprShop.Sidecar.Workflows.Protocol;

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
            case HistoryEvent.EventTypeOneofCase.ExecutionStarted:
                Started = e;
                break;
            case HistoryEvent.EventTypeOneofCase.ExecutionCompleted:
                Completed = e.ExecutionCompleted;
                break;
            case HistoryEvent.EventTypeOneofCase.ExecutionTerminated:
                Terminated = e.ExecutionTerminated;
                break;
            case HistoryEvent.EventTypeOneofCase.ExecutionSuspended:
                Suspension = e;
                Resumed = false;
                break;
            case HistoryEvent.EventTypeOneofCase.ExecutionResumed:
                Suspension = null;
                Resumed = true;
                break;
            case HistoryEvent.EventTypeOneofCase.ExecutionStalled:
                Stalled = true;
                break;
            case HistoryEvent.EventTypeOneofCase.WorkflowStarted when e.WorkflowStarted.Version is { Patches.Count: > 0 } version:
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
        HistoryEvent.EventTypeOneofCase.TaskScheduled => (TaskKind.Activity, e.EventId),
        HistoryEvent.EventTypeOneofCase.TimerCreated => (TaskKind.Timer, e.EventId),
        HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated => (TaskKind.Child, e.EventId),
        _ => null,
    };

    public static (TaskKind Kind, int Id)? Resolves(HistoryEvent e) => e.EventTypeCase switch
    {
        HistoryEvent.EventTypeOneofCase.TaskCompleted => (TaskKind.Activity, e.TaskCompleted.TaskScheduledId),
        HistoryEvent.EventTypeOneofCase.TaskFailed => (TaskKind.Activity, e.TaskFailed.TaskScheduledId),
        HistoryEvent.EventTypeOneofCase.TimerFired => (TaskKind.Timer, e.TimerFired.TimerId),
        HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCompleted => (TaskKind.Child, e.ChildWorkflowInstanceCompleted.TaskScheduledId),
        HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceFailed => (TaskKind.Child, e.ChildWorkflowInstanceFailed.TaskScheduledId),
        _ => null,
    };
}
