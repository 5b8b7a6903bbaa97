using DaprShop.Sidecar.Workflows;
using DaprShop.Sidecar.Workflows.Protocol;
using Google.Protobuf.WellKnownTypes;

namespace DaprShop.Workflow.Tests.Engine;

/// <summary>The pure core: history + inbox + answer = what is committed.</summary>
public sealed class TurnAnswerTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Vector_32_Resolutions_that_are_there_already_are_dropped()
    {
        var past = History(Started(), Scheduled(0), Completed(0), TimerCreated(1));
        var turn = WorkflowTurn.Begin(past, [Completed(0), Failed(0), Fired(1), Fired(1)], Now);
        Assert.Equal("WS TMF(1)", Shape.Of(turn.NewEvents));
    }

    [Fact]
    public void A_turn_of_nothing_but_duplicates_is_empty()
    {
        Assert.True(WorkflowTurn.Begin(History(Started(), Scheduled(0), Completed(0)), [Completed(0), Started()], Now).IsEmpty);
    }

    [Fact]
    public void Vector_38_The_result_of_something_that_never_was_leaves_no_trace()
    {
        var turn = WorkflowTurn.Begin(History(Started(), Scheduled(0)), [Completed(0), Completed(99)], Now);
        Assert.Equal("WS TC(0) TC(99)", Shape.Of(turn.NewEvents));
        Assert.Equal("WS TC(0)", Shape.Of(Apply(turn).Events));
    }

    [Fact]
    public void Time_does_not_run_backwards()
    {
        var later = Started();
        later.Timestamp = Timestamp.FromDateTimeOffset(Now.AddMinutes(1));
        var turn = WorkflowTurn.Begin(History(later), [Completed(0)], Now);
        Assert.Equal(later.Timestamp, turn.NewEvents[0].Timestamp);
    }

    [Fact]
    public void The_first_completion_counts_and_what_was_asked_for_beside_it_still_runs()
    {
        var outcome = Apply(WorkflowTurn.Begin(History(), [Started()], Now), Actions.Complete(0, "one"), Actions.Fail(1, "two"), Actions.Schedule(2));
        Assert.Equal("WS ES EC(Completed) TS#2", Shape.Of(outcome.Events));
        Assert.Equal("one", outcome.Completed!.Result);
        Assert.Single(outcome.Activities);
    }

    [Fact]
    public void A_completion_of_the_same_batch_beats_a_termination_but_continue_as_new_does_not()
    {
        var terminated = HistoryEvents.Terminated(Timestamp.FromDateTimeOffset(Now), "stop", recurse: true);
        var completed = Apply(WorkflowTurn.Begin(History(Started()), [terminated], Now), Actions.Complete(0, "done"));
        Assert.Equal((OrchestrationStatus.Completed, "done"), (completed.Status, completed.Completed!.Result));

        var forced = Apply(WorkflowTurn.Begin(History(Started()), [terminated], Now), Actions.ContinueAsNew(0, "again"), Actions.Timer(1, Now));
        Assert.Equal((OrchestrationStatus.Terminated, "stop"), (forced.Status, forced.Completed!.Result));
        Assert.Empty(forced.Timers);
        Assert.Equal("stop", forced.TerminateChildren!.Input);
    }

    [Fact]
    public void Continue_as_new_drops_what_the_turn_asked_for_before_and_ignores_what_comes_after()
    {
        var outcome = Apply(WorkflowTurn.Begin(History(Started()), [Completed(0)], Now),
            Actions.Schedule(1), Actions.ContinueAsNew(2, "next"), Actions.Complete(3));
        Assert.Equal(OrchestrationStatus.Running, outcome.Status);
        Assert.Empty(outcome.Activities);
        Assert.Equal("next", Assert.Single(outcome.Next!.Inbox).ExecutionStarted.Input);
    }

    [Fact]
    public void Code_that_forgot_a_patch_it_had_taken_stalls_the_instance()
    {
        var started = HistoryEvents.WorkflowStarted(Timestamp.FromDateTimeOffset(Now));
        started.WorkflowStarted.Version = new WorkflowVersion { Patches = { "p1" } };
        var turn = WorkflowTurn.Begin(History(started, Started(), Scheduled(0)), [Completed(0)], Now);

        var outcome = Apply(turn, Actions.Complete(1));
        Assert.Equal((OrchestrationStatus.Stalled, "STL", false), (outcome.Status, Shape.Of(outcome.Events), outcome.ConsumesInbox));
        Assert.Equal("Patch mismatch. History patches: [p1], current patches: []. ", outcome.Events[0].ExecutionStalled.Description);

        var response = new WorkflowResponse { InstanceId = "a", Version = new WorkflowVersion { Patches = { "p1", "p2" } }, Actions = { Actions.Complete(1) } };
        outcome = TurnAnswer.Apply(turn, response, new TurnContext("orders", Now, () => "id"));
        Assert.Equal(["p1", "p2"], outcome.Events[0].WorkflowStarted.Version.Patches);
    }

    private static TurnOutcome Apply(WorkflowTurn turn, params WorkflowAction[] actions) => TurnAnswer.Apply(
        turn, new WorkflowResponse { InstanceId = "a", Actions = { actions } }, new TurnContext("orders", Now, () => "new-id"));

    private static WorkflowHistory History(params HistoryEvent[] events)
    {
        var history = new WorkflowHistory();
        history.Append(events);
        return history;
    }

    private static HistoryEvent Started() => HistoryEvents.ExecutionStarted(Timestamp.FromDateTimeOffset(Now), "orders",
        new ExecutionStartedEvent { Name = "Flow", WorkflowInstance = new WorkflowInstance { InstanceId = "a", ExecutionId = "1" } });

    private static HistoryEvent Scheduled(int id) => new() { EventId = id, TaskScheduled = new TaskScheduledEvent { Name = "Work" } };

    private static HistoryEvent TimerCreated(int id) => new() { EventId = id, TimerCreated = new TimerCreatedEvent() };

    private static HistoryEvent Completed(int id) => new() { EventId = -1, TaskCompleted = new TaskCompletedEvent { TaskScheduledId = id } };

    private static HistoryEvent Failed(int id) => new() { EventId = -1, TaskFailed = new TaskFailedEvent { TaskScheduledId = id } };

    private static HistoryEvent Fired(int id) => new() { EventId = -1, TimerFired = new TimerFiredEvent { TimerId = id } };
}
