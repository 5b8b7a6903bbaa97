using DaprShop.Sidecar.Workflows.Protocol;
using Google.Protobuf.WellKnownTypes;

namespace DaprShop.Sidecar.Workflows;

/// <summary>What a turn may not make up itself: whose workflow it is, the time, and new ids.</summary>
internal sealed record TurnContext(string AppId, DateTimeOffset Now, Func<string> NewId)
{
    public Timestamp Timestamp { get; } = Timestamp.FromDateTimeOffset(Now);
}

/// <summary>
/// One turn of an instance: committed history + inbox = the events a worker is asked about; its answer = what is committed.
/// Pure: it neither changes the history nor reads a clock.
/// </summary>
internal sealed class WorkflowTurn
{
    private readonly List<HistoryEvent> _newEvents = [];

    private WorkflowTurn(WorkflowHistory past, Timestamp startedAt)
    {
        Past = past;
        Add(HistoryEvents.WorkflowStarted(startedAt));
    }

    public WorkflowHistory Past { get; }

    /// <summary>The turn's events; the first is workflowStarted.</summary>
    public IReadOnlyList<HistoryEvent> NewEvents => _newEvents;

    /// <summary>What <see cref="NewEvents"/> say.</summary>
    public HistoryFacts News { get; } = new();

    /// <summary>Everything in the inbox was a duplicate: there is nothing to ask a worker.</summary>
    public bool IsEmpty => _newEvents.Count == 1;

    public HistoryEvent? Started => News.Started ?? Past.Facts.Started;

    public bool IsSuspended => Suspension is not null;

    public HistoryEvent? Suspension => News.Suspension ?? (News.Resumed ? null : Past.Facts.Suspension);

    public static WorkflowTurn Begin(WorkflowHistory past, IEnumerable<HistoryEvent> inbox, DateTimeOffset now)
    {
        var turn = new WorkflowTurn(past, NotBefore(past, now));
        foreach (var e in inbox)
        {
            if (!turn.IsDuplicate(e))
            {
                turn.Add(e);
            }
        }

        return turn;
    }

    public bool HasCreated(TaskKind kind, int id) => Past.Facts.HasCreated(kind, id) || News.HasCreated(kind, id);

    private void Add(HistoryEvent e)
    {
        _newEvents.Add(e);
        News.Add(e);
    }

    private bool IsDuplicate(HistoryEvent e)
    {
        if (HistoryFacts.Resolves(e) is { } resolved)
        {
            return Past.Facts.HasResolved(resolved.Kind, resolved.Id) || News.HasResolved(resolved.Kind, resolved.Id);
        }

        return e.EventTypeCase switch
        {
            HistoryEvent.EventTypeOneofCase.ExecutionStarted => Started is not null,

            // Some workers never wake again after a second suspension.
            HistoryEvent.EventTypeOneofCase.ExecutionSuspended => IsSuspended,
            HistoryEvent.EventTypeOneofCase.ExecutionResumed => !IsSuspended,
            _ => false,
        };
    }

    // The workflow's time is that of its turns, and it must not run backwards when the machine's clock does.
    private static Timestamp NotBefore(WorkflowHistory past, DateTimeOffset now)
    {
        var timestamp = Timestamp.FromDateTimeOffset(now);
        return past.Events is [.., { Timestamp: { } last }] && last.CompareTo(timestamp) > 0 ? last : timestamp;
    }
}
