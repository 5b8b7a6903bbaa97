using Dapr.Common.Serialization;
using Dapr.Workflow;
using Dapr.Workflow.Protocol;
using Dapr.Workflow.Replay;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DaprShop.Workflow.Tests.Worker;

/// <summary>
/// A run of one workflow, turn by turn: keeps the history as an engine would, so that each turn replays all before it.
/// </summary>
internal sealed class Run
{
    public const string InstanceId = "order-1";

    private static readonly DateTime s_begin = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private readonly WorkflowRunner _runner;
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private int _generation = 1;

    public Run(Action<WorkflowRuntimeOptions> configure, ILoggerFactory? loggers = null)
    {
        var options = new WorkflowRuntimeOptions();
        configure(options);
        _runner = new WorkflowRunner(options.ToRegistry(), new JsonDaprSerializer(), loggers ?? NullLoggerFactory.Instance);
    }

    /// <summary>The time of the next turn.</summary>
    public DateTime Now { get; private set; } = s_begin;

    public List<HistoryEvent> History { get; } = [];

    public WorkflowResponse? LastResponse { get; private set; }

    /// <summary>The execution id the request carries; sidecars before 1.19 send none.</summary>
    public string? RequestExecutionId { get; init; }

    public string ExecutionId => $"execution-{_generation}";

    /// <summary>A workflow named Test that is this code.</summary>
    public static Run Of<TInput, TOutput>(Func<WorkflowContext, TInput, Task<TOutput>> code) =>
        new(options => options.RegisterWorkflow("Test", code));

    public static Run Of<TOutput>(Func<WorkflowContext, Task<TOutput>> code) => Of<object?, TOutput>((context, _) => code(context));

    public static Run Of(Func<WorkflowContext, Task> code) => Of<object?, string?>(async (context, _) =>
    {
        await code(context);
        return null;
    });

    /// <summary>The first turn; answers its actions.</summary>
    public string[] Start(string? input = null, params HistoryEvent[] more) =>
        Turn([Events.Started("Test", input, InstanceId, ExecutionId), .. more]);

    /// <summary>A turn with these events; answers its actions, which then are in the history.</summary>
    public string[] Turn(params HistoryEvent[] arrived)
    {
        HistoryEvent[] added = [Events.TurnStarted(), .. arrived];
        var response = Answer(History, added);
        var actions = Describe(response);
        if (response.Version is not null)
        {
            added[0].WorkflowStarted.Version = response.Version;
        }

        History.AddRange(added);
        History.AddRange(response.Actions.Select(ToEvent));
        Now += TimeSpan.FromSeconds(1);
        return actions;
    }

    /// <summary>Begins the generation that the last turn asked for.</summary>
    public string[] ContinueAsNew()
    {
        var completion = LastResponse!.Actions.Single(a => a.CompleteWorkflow is not null).CompleteWorkflow;
        Assert.Equal(OrchestrationStatus.ContinuedAsNew, completion.WorkflowStatus);
        History.Clear();
        _generation++;
        return Start(completion.Result, [.. completion.CarryoverEvents]);
    }

    public void Wait(double seconds) => Now += TimeSpan.FromSeconds(seconds);

    /// <summary>A turn with a history of the test's own making.</summary>
    public WorkflowResponse Answer(IEnumerable<HistoryEvent> past, IEnumerable<HistoryEvent> added)
    {
        var request = new WorkflowRequest { InstanceId = InstanceId, ExecutionId = RequestExecutionId };
        request.PastEvents.AddRange(past.Select(Stamped));
        request.NewEvents.AddRange(added.Select(Stamped));
        LastResponse = _runner.Run(request, _services);
        Assert.NotNull(LastResponse.CustomStatus);
        return LastResponse;
    }

    public string[] Describe(WorkflowResponse response) => [.. response.Actions.Select(a => ActionText.Of(a, Now))];

    private HistoryEvent Stamped(HistoryEvent e)
    {
        e.Timestamp ??= Timestamp.FromDateTime(Now);
        return e;
    }

    private HistoryEvent ToEvent(WorkflowAction action)
    {
        var e = Stamped(new HistoryEvent { EventId = action.Id });
        switch (action.WorkflowActionTypeCase)
        {
            case WorkflowAction.WorkflowActionTypeOneofCase.ScheduleTask:
                e.TaskScheduled = new TaskScheduledEvent { Name = action.ScheduleTask.Name, Input = action.ScheduleTask.Input };
                break;
            case WorkflowAction.WorkflowActionTypeOneofCase.CreateTimer:
                e.TimerCreated = new TimerCreatedEvent { FireAt = action.CreateTimer.FireAt };
                break;
            case WorkflowAction.WorkflowActionTypeOneofCase.CreateChildWorkflow:
                e.ChildWorkflowInstanceCreated = new ChildWorkflowInstanceCreatedEvent
                {
                    InstanceId = action.CreateChildWorkflow.InstanceId,
                    Name = action.CreateChildWorkflow.Name,
                };
                break;
            case WorkflowAction.WorkflowActionTypeOneofCase.SendEvent:
                e.EventSent = new EventSentEvent { InstanceId = action.SendEvent.Instance.InstanceId, Name = action.SendEvent.Name };
                break;
            case WorkflowAction.WorkflowActionTypeOneofCase.CompleteWorkflow:
                e.ExecutionCompleted = new ExecutionCompletedEvent { WorkflowStatus = action.CompleteWorkflow.WorkflowStatus };
                break;
        }

        return e;
    }
}
