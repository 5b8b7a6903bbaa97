using System.Text.Json;
using Dapr.Workflow.Client;
using DaprShop.Contracts;
using DaprShop.Orders.Saga.Activities;

namespace DaprShop.Orders.Saga;

/// <summary>Reads a saga's story from the history of its workflow: every attempt with its times and its failure, timers and events.</summary>
internal static class SagaHistory
{
    private static readonly HashSet<string> s_compensations =
        [nameof(ReleaseStockActivity), nameof(RefundChargeActivity), nameof(CancelShipmentActivity)];

    /// <summary>The entries in the order in which they began.</summary>
    public static IReadOnlyList<SagaHistoryEntry> Of(IReadOnlyList<WorkflowHistoryEvent> history)
    {
        List<SagaHistoryEntry> entries = [];
        Dictionary<int, int> open = [];
        Dictionary<string, int> attempts = [];
        foreach (var happened in history)
        {
            switch (happened.EventType)
            {
                case WorkflowHistoryEventType.TaskScheduled:
                    open[happened.EventId] = entries.Count;
                    entries.Add(Attempt(happened, attempts));
                    break;
                case WorkflowHistoryEventType.TimerCreated:
                    open[happened.EventId] = entries.Count;
                    entries.Add(Open(SagaHistoryKinds.Timer, happened, happened.Name ?? Retried(entries) ?? "timer"));
                    break;
                case WorkflowHistoryEventType.TaskCompleted or WorkflowHistoryEventType.TaskFailed or WorkflowHistoryEventType.TimerFired:
                    if (happened.ScheduledId is { } id && open.Remove(id, out var index))
                    {
                        entries[index] = End(entries[index], happened);
                    }

                    break;
                case WorkflowHistoryEventType.EventRaised:
                    entries.Add(Received(happened, happened.Name ?? ""));
                    break;
                case WorkflowHistoryEventType.ExecutionSuspended:
                    entries.Add(Received(happened, "suspended"));
                    break;
                case WorkflowHistoryEventType.ExecutionResumed:
                    entries.Add(Received(happened, "resumed"));
                    break;
                case WorkflowHistoryEventType.ExecutionTerminated:
                    entries.Add(Received(happened, "terminated"));
                    break;
                case WorkflowHistoryEventType.ExecutionCompleted:
                    foreach (var left in open.Values)
                    {
                        entries[left] = entries[left] with { Outcome = SagaHistoryOutcomes.Abandoned };
                    }

                    break;
            }
        }

        return entries;
    }

    // Each activity is one step of a saga, so another call of it is another attempt.
    private static SagaHistoryEntry Attempt(WorkflowHistoryEvent scheduled, Dictionary<string, int> attempts)
    {
        var name = scheduled.Name ?? "";
        var kind = s_compensations.Contains(name) ? SagaHistoryKinds.Compensation : SagaHistoryKinds.Step;
        return Open(kind, scheduled, name) with { Attempt = attempts[name] = attempts.GetValueOrDefault(name) + 1 };
    }

    // The wait between two attempts has no name of its own; it follows one that did not come to its end.
    private static string? Retried(List<SagaHistoryEntry> before) =>
        before.FindLast(entry => entry.Outcome is SagaOutcomes.Failed or SagaOutcomes.Pending or SagaOutcomes.Refused)?.Name;

    private static SagaHistoryEntry End(SagaHistoryEntry entry, WorkflowHistoryEvent ended)
    {
        var (outcome, failure) = ended switch
        {
            { EventType: WorkflowHistoryEventType.TimerFired } => (SagaHistoryOutcomes.Fired, null),
            { EventType: WorkflowHistoryEventType.TaskFailed } => (SagaOutcomes.Failed, ended.FailureDetails?.ErrorMessage),
            _ => ResultIn(ended.Data) switch
            {
                { IsRefused: true } refusal => (SagaOutcomes.Refused, refusal.Detail ?? refusal.Code),
                { IsPending: true } pending => (SagaOutcomes.Pending, pending.Detail),
                _ => (SagaOutcomes.Done, null),
            },
        };
        return entry with { Completed = At(ended), Outcome = outcome, Failure = failure };
    }

    // Not every activity returns a StepResult; those that do return a JSON object.
    private static StepResult? ResultIn(string? result) =>
        result is ['{', ..] ? JsonSerializer.Deserialize<StepResult>(result, JsonSerializerOptions.Web) : null;

    private static SagaHistoryEntry Open(string kind, WorkflowHistoryEvent begun, string name) =>
        new(kind, name, Attempt: 1, At(begun), Completed: null, SagaHistoryOutcomes.Open, Failure: null);

    private static SagaHistoryEntry Received(WorkflowHistoryEvent received, string name) =>
        Open(SagaHistoryKinds.Event, received, name) with { Completed = At(received), Outcome = SagaHistoryOutcomes.Received };

    private static DateTimeOffset At(WorkflowHistoryEvent happened) => new(happened.Timestamp, TimeSpan.Zero);
}

/// <summary>The kinds of <see cref="SagaHistoryEntry"/>.</summary>
internal static class SagaHistoryKinds
{
    public const string Step = "step";
    public const string Compensation = "compensation";
    public const string Timer = "timer";
    public const string Event = "event";
}

/// <summary>The outcomes of a <see cref="SagaHistoryEntry"/> beside those of a step.</summary>
internal static class SagaHistoryOutcomes
{
    public const string Open = "open";
    public const string Abandoned = "abandoned";
    public const string Fired = "fired";
    public const string Received = "received";
}
