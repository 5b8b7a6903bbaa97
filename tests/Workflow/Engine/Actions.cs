using DaprShop.Sidecar.Workflows.Protocol;
using Google.Protobuf.WellKnownTypes;

namespace DaprShop.Workflow.Tests.Engine;

/// <summary>What a workflow's code may ask for.</summary>
internal static class Actions
{
    public static WorkflowAction Schedule(int id, string name = "Work", string? input = null) =>
        new() { Id = id, ScheduleTask = new ScheduleTaskAction { Name = name, Input = input, TaskExecutionId = $"key-{id}" } };

    public static WorkflowAction Timer(int id, DateTimeOffset fireAt) =>
        new() { Id = id, CreateTimer = new CreateTimerAction { FireAt = Timestamp.FromDateTimeOffset(fireAt) } };

    public static WorkflowAction Child(int id, string childId, string? input = null) =>
        new() { Id = id, CreateChildWorkflow = new CreateChildWorkflowAction { InstanceId = childId, Name = "Child", Input = input } };

    public static WorkflowAction Send(int id, string target, string name, string? data = null) => new()
    {
        Id = id,
        SendEvent = new SendEventAction { Instance = new WorkflowInstance { InstanceId = target }, Name = name, Data = data },
    };

    public static WorkflowAction Complete(int id, string? result = null, OrchestrationStatus status = OrchestrationStatus.Completed) =>
        new() { Id = id, CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = status, Result = result } };

    public static WorkflowAction Fail(int id, string message) => new()
    {
        Id = id,
        CompleteWorkflow = new CompleteWorkflowAction
        {
            WorkflowStatus = OrchestrationStatus.Failed,
            FailureDetails = new TaskFailureDetails { ErrorType = "Error", ErrorMessage = message },
        },
    };

    public static WorkflowAction ContinueAsNew(int id, string input, params HistoryEvent[] carryover) => new()
    {
        Id = id,
        CompleteWorkflow = new CompleteWorkflowAction
        {
            WorkflowStatus = OrchestrationStatus.ContinuedAsNew,
            Result = input,
            CarryoverEvents = { carryover },
        },
    };
}
