using Dapr.Workflow.Protocol;
using Google.Protobuf.WellKnownTypes;
using Kind = Dapr.Workflow.Protocol.WorkflowAction.WorkflowActionTypeOneofCase;
using Origin = Dapr.Workflow.Protocol.CreateTimerAction.OriginOneofCase;

namespace DaprShop.Workflow.Tests.Worker;

/// <summary>Actions as a line each, as the protocol's notes write events: <c>TS#0 Reserve {"qty":3}</c>.</summary>
internal static class ActionText
{
    public static string Of(WorkflowAction action, DateTime now) => action.WorkflowActionTypeCase switch
    {
        Kind.ScheduleTask => $"TS#{action.Id} {action.ScheduleTask.Name} {action.ScheduleTask.Input}".TrimEnd(),
        Kind.CreateTimer => $"TMC#{action.Id} {Delay(action.CreateTimer.FireAt, now)} {OriginOf(action.CreateTimer)}",
        Kind.CreateChildWorkflow => $"CC#{action.Id} {action.CreateChildWorkflow.Name} {action.CreateChildWorkflow.Input}".TrimEnd(),
        Kind.SendEvent => $"EVS#{action.Id} {action.SendEvent.Name} to {action.SendEvent.Instance.InstanceId} {action.SendEvent.Data}".TrimEnd(),
        Kind.CompleteWorkflow => $"EC#{action.Id} {Outcome(action.CompleteWorkflow)}".TrimEnd(),
        _ => action.ToString(),
    };

    private static string Delay(Timestamp fireAt, DateTime now) =>
        fireAt.Equals(new Timestamp { Seconds = 253402300799, Nanos = 999999999 })
            ? "never"
            : FormattableString.Invariant($"+{(fireAt.ToDateTime() - now).TotalSeconds}s");

    private static string OriginOf(CreateTimerAction timer) =>
        timer.OriginCase == Origin.ExternalEvent ? $"externalEvent({timer.ExternalEvent.Name})" : $"{timer.OriginCase.ToString()[..1].ToLowerInvariant()}{timer.OriginCase.ToString()[1..]}";

    private static string Outcome(CompleteWorkflowAction completion) => completion.WorkflowStatus switch
    {
        OrchestrationStatus.Failed => $"FAILED {completion.FailureDetails.ErrorType}: {completion.FailureDetails.ErrorMessage}",
        OrchestrationStatus.ContinuedAsNew => $"CONTINUED_AS_NEW {completion.Result} [{string.Join(' ', completion.CarryoverEvents.Select(e => e.EventRaised.Name + e.EventRaised.Input))}]",
        _ => $"{completion.WorkflowStatus.ToString().ToUpperInvariant()} {completion.Result}",
    };
}
