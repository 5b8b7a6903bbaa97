using Dapr.Workflow.Protocol;

namespace Dapr.Workflow.Replay;

/// <summary>
/// Everything the code of a run has asked for, by sequence number, matched with what history says of it. The numbers start at 0, so an
/// operation's number is its index.
/// </summary>
internal sealed class OperationLedger(IReadOnlySet<int> recordedIds)
{
    private readonly List<ScheduledOperation> _operations = [];
    private Dictionary<(OperationKind Kind, int Id), HistoryEvent>? _early;

    /// <summary>The next sequence number.</summary>
    public int NextId => _operations.Count;

    /// <summary>Whether a resolution could still let the code go on.</summary>
    public bool HasOpen => _operations.Exists(operation => operation.IsOpen);

    /// <summary>Resolutions of operations that the code never asked for.</summary>
    public IEnumerable<HistoryEvent> Unclaimed => _early?.Values ?? Enumerable.Empty<HistoryEvent>();

    public void Add(ScheduledOperation operation)
    {
        _operations.Add(operation);
        TakeEarlyResolution(operation, NextId - 1);

        // What history holds will not be sent; its input need not be serialized on each replay.
        if (operation.IsWithheld || recordedIds.Contains(NextId - 1))
        {
            return;
        }

        try
        {
            _ = operation.Action;
        }
        catch
        {
            // The input cannot be serialized, as the caller now learns. The number stays taken, on every replay.
            operation.IsWithheld = true;
            throw;
        }
    }

    /// <summary>History holds the action with this number.</summary>
    /// <exception cref="NonDeterministicWorkflowException">The code asked for something else there.</exception>
    public void Record(int id, OperationKind kind, string? name, bool isEndlessTimer = false)
    {
        if (!isEndlessTimer)
        {
            DropOptional(id);
        }

        var operation = id >= 0 && id < _operations.Count ? _operations[id] : null;
        if (operation is null || operation.Kind != kind || (name is not null && operation.Name != name))
        {
            throw new NonDeterministicWorkflowException(
                $"The history holds {Describe(kind, name)} with sequence number {id}, but the code now has "
                + $"{(operation is null ? "nothing" : Describe(operation.Kind, operation.Name))} there. A workflow's code must be deterministic; "
                + "changes of it must not touch running instances (see IsPatched).");
        }

        operation.IsRecorded = true;
    }

    /// <summary>Ends the operation with this number; the first resolution wins. One that comes too early is kept.</summary>
    public void Resolve(int id, OperationKind kind, HistoryEvent resolution)
    {
        if (id >= 0 && id < _operations.Count && _operations[id].Kind == kind)
        {
            _operations[id].Resolve(resolution);
        }
        else
        {
            (_early ??= []).TryAdd((kind, id), resolution);
        }
    }

    /// <summary>The actions that history does not hold yet, in the order of their numbers.</summary>
    public IEnumerable<WorkflowAction> PendingActions()
    {
        for (var id = 0; id < _operations.Count; id++)
        {
            var operation = _operations[id];
            if (!operation.IsRecorded && !operation.IsWithheld)
            {
                operation.Action.Id = id;
                yield return operation.Action;
            }
        }
    }

    // In a history that lacks an optional timer, the number belongs to the operation after it.
    private void DropOptional(int id)
    {
        while (id >= 0 && id < _operations.Count && _operations[id] is { IsOptional: true, IsRecorded: false })
        {
            _operations.RemoveAt(id);
            for (var moved = id; moved < _operations.Count; moved++)
            {
                TakeEarlyResolution(_operations[moved], moved);
            }
        }
    }

    private void TakeEarlyResolution(ScheduledOperation operation, int id)
    {
        if (_early is not null && !operation.IsWithheld && _early.Remove((operation.Kind, id), out var resolution))
        {
            operation.IsWithheld = true;
            operation.Resolve(resolution);
        }
    }

    private static string Describe(OperationKind kind, string? name) => kind switch
    {
        OperationKind.Activity => $"the activity '{name}'",
        OperationKind.ChildWorkflow => $"the child workflow '{name}'",
        OperationKind.SentEvent => "a sent event",
        OperationKind.ContinueAsNew => "a continue-as-new",
        _ => "a timer",
    };
}
