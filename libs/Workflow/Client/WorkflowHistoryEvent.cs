namespace Dapr.Workflow.Client;

/// <summary>
/// An event of an instance's history (Dapr Workflow API). The official package has the three parameters; what else a sidecar tells of an
/// event is this library's addition.
/// </summary>
/// <param name="EventId">The action's id for events born from an action, -1 for all others.</param>
/// <param name="EventType">What happened.</param>
/// <param name="Timestamp">When, in UTC.</param>
public sealed record WorkflowHistoryEvent(int EventId, WorkflowHistoryEventType EventType, DateTime Timestamp)
{
    /// <summary>
    /// The name of the workflow, activity, child or event, and of a timer what it limits the wait for; null where there is none.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>Of the end of an activity, child or timer: the <see cref="EventId"/> of its beginning; null for all others.</summary>
    public int? ScheduledId { get; init; }

    /// <summary>The input of what began, the result of what ended, the payload of an event: JSON as it crossed the wire; null where there is none.</summary>
    public string? Data { get; init; }

    /// <summary>Why an activity, a child or the instance failed; null when it did not.</summary>
    public WorkflowTaskFailureDetails? FailureDetails { get; init; }
}
