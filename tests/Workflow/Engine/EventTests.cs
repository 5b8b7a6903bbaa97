using DaprShop.Sidecar;
using DaprShop.Sidecar.Workflows.Protocol;

namespace DaprShop.Workflow.Tests.Engine;

public sealed class EventTests
{
    [Fact]
    public async Task Events_that_come_while_a_turn_is_in_hand_come_together_with_the_next_one_in_order()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        var turn = await worker.TurnAsync();
        await engine.RaiseAsync("a", "one", "1");
        await engine.RaiseAsync("a", "two");
        await turn.AnswerAsync();

        var next = await worker.TurnAsync();
        Assert.Equal(("WS ES", "WS ER(one) ER(two)"), (next.Past, next.New));
        Assert.Equal("1", next.Request.NewEvents[1].EventRaised.Input);
        Assert.Null(next.Request.NewEvents[2].EventRaised.Input);
    }

    [Fact]
    public async Task An_event_for_a_finished_instance_is_dropped_and_one_for_a_missing_instance_refused()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Complete(0));
        await engine.RaiseAsync("a", "late");
        Assert.Equal("WS ES EC(Completed)", engine.HistoryOf("a"));
        var refused = await Assert.ThrowsAsync<DaprApiException>(() => engine.RaiseAsync("missing", "x"));
        Assert.Equal("no such instance exists", refused.Message);
    }

    [Fact]
    public async Task A_suspended_instance_is_told_of_every_event_and_runs_on_when_resumed()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync();
        await engine.App.SuspendAsync("a", "wait", CancellationToken.None);
        var suspended = engine.App.WaitForSuspensionAsync("a", CancellationToken.None);
        var turn = await worker.TurnAsync();
        Assert.Equal("WS SUSP", turn.New);
        await turn.AnswerAsync();
        await suspended.WaitAsync(ScriptedWorker.Patience);
        Assert.Equal(OrchestrationStatus.Suspended, engine.App.Get("a")!.Status);

        await engine.RaiseAsync("a", "tick");
        await (await worker.TurnAsync()).AnswerAsync();
        Assert.Equal(OrchestrationStatus.Suspended, engine.App.Get("a")!.Status);

        await engine.App.ResumeAsync("a", null, CancellationToken.None);
        turn = await worker.TurnAsync();
        Assert.Equal(("WS ES WS SUSP WS ER(tick)", "WS RES"), (turn.Past, turn.New));
        await turn.AnswerAsync();
        Assert.Equal(OrchestrationStatus.Running, engine.App.Get("a")!.Status);
    }

    [Fact]
    public async Task A_second_suspension_is_not_told()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync();
        await engine.App.SuspendAsync("a", null, CancellationToken.None);
        await (await worker.TurnAsync()).AnswerAsync();
        await engine.App.SuspendAsync("a", null, CancellationToken.None);
        await engine.RaiseAsync("a", "x");

        Assert.Equal("WS ER(x)", (await worker.TurnAsync()).New);
    }

    [Fact]
    public async Task Termination_ends_the_workflow_and_drops_what_its_activity_finds_out()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Schedule(0));
        var activity = await worker.ActivityAsync();
        await engine.App.TerminateAsync("a", "\"stop\"", recursive: true, CancellationToken.None);
        var turn = await worker.TurnAsync();
        Assert.Equal("WS TERM", turn.New);
        await turn.AnswerAsync(Actions.Complete(1, turn.Request.NewEvents[1].ExecutionTerminated.Input, OrchestrationStatus.Terminated));
        await activity.AnswerAsync("late");

        var end = await engine.EndOfAsync("a");
        Assert.Equal((OrchestrationStatus.Terminated, "\"stop\""), (end.Status, end.Output));
        Assert.Equal("WS ES TS#0 WS TERM EC(Terminated)", engine.HistoryOf("a"));
    }

    [Fact]
    public async Task Vector_41_A_worker_that_ignores_a_termination_cannot_stop_it()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Schedule(0));
        var activity = await worker.ActivityAsync();
        await engine.RaiseAsync("a", "before");
        var before = await worker.TurnAsync();
        await activity.AnswerAsync("1");
        await engine.App.TerminateAsync("a", "\"stop\"", recursive: false, CancellationToken.None);
        await engine.RaiseAsync("a", "after");
        await before.AnswerAsync();
        var turn = await worker.TurnAsync();
        Assert.Equal("WS TC(0) TERM ER(after)", turn.New);
        await turn.AnswerAsync(Actions.Schedule(1), Actions.ContinueAsNew(2, "again"));

        var end = await engine.EndOfAsync("a");
        Assert.Equal((OrchestrationStatus.Terminated, "\"stop\""), (end.Status, end.Output));
        Assert.Equal("WS ES TS#0 WS ER(before) WS TC(0) TERM ER(after) EC(Terminated)", engine.HistoryOf("a"));
        Assert.Empty(worker.Unread);
    }

    [Fact]
    public async Task A_scheduled_workflow_can_be_terminated_before_it_starts()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a", at: engine.Time.GetUtcNow().AddHours(1));
        await engine.App.TerminateAsync("a", null, recursive: true, CancellationToken.None);
        await (await worker.TurnAsync()).AnswerAsync();
        Assert.Equal(OrchestrationStatus.Terminated, (await engine.EndOfAsync("a")).Status);
    }

    [Fact]
    public async Task A_workflow_can_send_an_event_to_another_one()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("target");
        await (await worker.TurnAsync()).AnswerAsync();
        await engine.StartInstanceAsync("sender");
        await (await worker.TurnAsync("sender")).AnswerAsync(Actions.Send(0, "target", "hello", "1"), Actions.Send(1, "missing", "hello"), Actions.Complete(2));

        Assert.Equal("WS ER(hello)", (await worker.TurnAsync("target")).New);
        Assert.Equal("WS ES EVS#0 EVS#1 EC(Completed)", engine.HistoryOf("sender"));
    }
}
