namespace Dapr.Workflow.Client;

/// <summary>An event of an instance's history (Dapr Workflow API).</summary>
/// <param name="EventId">The action's id for events born from an action, -1 for all others.</param>
/// <param name="EventType">What happened.</param>
/// <param name="Timestamp">When, in UTC.</param>
public sealed record WorkflowHistoryEvent(int EventId, WorkflowHistoryEventType EventType, DateTime Timestamp);
