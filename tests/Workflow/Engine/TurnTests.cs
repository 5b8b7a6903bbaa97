using DaprShop.Sidecar.Workflows;
using DaprShop.Sidecar.Workflows.Protocol;

namespace DaprShop.Workflow.Tests.Engine;

public sealed class TurnTests
{
    [Fact]
    public async Task A_workflow_that_only_returns_ends_in_its_first_turn()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a", "\"in\"");

        var turn = await worker.TurnAsync("a");
        Assert.Equal(("", "WS ES"), (turn.Past, turn.New));
        Assert.Equal(EngineFixture.AppId, turn.Request.NewEvents[1].Router.SourceAppID);
        Assert.NotEmpty(turn.Request.ExecutionId);
        await turn.AnswerAsync(Actions.Complete(0, "\"ok\""));

        var end = await engine.EndOfAsync("a");
        Assert.Equal((OrchestrationStatus.Completed, "\"in\"", "\"ok\""), (end.Status, end.Input, end.Output));
        Assert.Equal("WS ES EC(Completed)", engine.HistoryOf("a"));
        Assert.True(end.Started <= end.Updated);
    }

    [Fact]
    public async Task An_activity_runs_once_and_its_result_comes_with_the_next_turn()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        var first = await worker.TurnAsync("a");
        await first.AnswerAsync(Actions.Schedule(0, "Reserve", "{\"qty\":3}"));

        var activity = await worker.ActivityAsync("Reserve");
        Assert.Equal(("a", 0, "{\"qty\":3}", "key-0"), (activity.Request.WorkflowInstance.InstanceId, activity.Request.TaskId, activity.Request.Input, activity.Request.TaskExecutionId));
        await activity.AnswerAsync("7");

        var second = await worker.TurnAsync("a");
        Assert.Equal(("WS ES TS#0", "WS TC(0)"), (second.Past, second.New));
        Assert.Equal(first.Request.ExecutionId, second.Request.ExecutionId);
        Assert.Equal(("7", "key-0"), (second.Request.NewEvents[1].TaskCompleted.Result, second.Request.NewEvents[1].TaskCompleted.TaskExecutionId));
        await second.AnswerAsync(Actions.Complete(1, "7"));

        Assert.Equal("7", (await engine.EndOfAsync("a")).Output);
        Assert.Equal("WS ES TS#0 WS TC(0) EC(Completed)", engine.HistoryOf("a"));
    }

    [Fact]
    public async Task A_failed_activity_reports_why()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Schedule(0));
        await (await worker.ActivityAsync()).FailAsync("boom");

        var turn = await worker.TurnAsync();
        Assert.Equal("WS TF(0)", turn.New);
        Assert.Equal("boom", turn.Request.NewEvents[1].TaskFailed.FailureDetails.ErrorMessage);
        await turn.AnswerAsync(Actions.Fail(1, "gave up"));

        var end = await engine.EndOfAsync("a");
        Assert.Equal((OrchestrationStatus.Failed, "gave up"), (end.Status, end.Failure!.ErrorMessage));
    }

    [Fact]
    public async Task Results_of_parallel_activities_come_in_the_order_they_finished()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Schedule(0), Actions.Schedule(1));
        var activities = new[] { await worker.ActivityAsync(), await worker.ActivityAsync() };
        await activities.Single(a => a.Request.TaskId == 1).AnswerAsync("1");

        var turn = await worker.TurnAsync();
        Assert.Equal("WS TC(1)", turn.New);
        await activities.Single(a => a.Request.TaskId == 0).AnswerAsync("0");
        await turn.AnswerAsync();

        Assert.Equal("WS TC(0)", (await worker.TurnAsync()).New);
    }

    [Fact]
    public async Task Vector_14_An_answer_that_asks_for_nothing_known_is_refused_and_the_turn_comes_again()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        var first = await worker.TurnAsync();
        await Assert.ThrowsAsync<InvalidTurnException>(() => first.AnswerAsync(Actions.Schedule(0), new WorkflowAction { Id = 1 }));
        engine.Clock.Advance(TimeSpan.FromSeconds(1));

        var again = await worker.TurnAsync("a");
        Assert.Equal(("", "WS ES"), (again.Past, again.New));
        Assert.NotEqual(first.Item.CompletionToken, again.Item.CompletionToken);
        await again.AnswerAsync(Actions.Complete(0));
        Assert.Equal("WS ES EC(Completed)", engine.HistoryOf("a"));
    }

    [Fact]
    public async Task An_action_that_history_already_has_is_refused()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Schedule(0));
        await (await worker.ActivityAsync()).AnswerAsync("1");

        var turn = await worker.TurnAsync();
        await Assert.ThrowsAsync<InvalidTurnException>(() => turn.AnswerAsync(Actions.Schedule(0)));
    }

    [Fact]
    public async Task Vector_37_A_late_or_second_answer_changes_nothing_and_an_answer_without_a_token_counts()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        var turn = await worker.TurnAsync();
        await turn.AnswerAsync("somebody else's", [Actions.Complete(0, "wrong")]);
        await turn.AnswerAsync("", [Actions.Schedule(0)]);
        await turn.AnswerAsync("", [Actions.Complete(0, "second")]);

        var activity = await worker.ActivityAsync();
        await activity.AnswerAsync("wrong", "somebody else's");
        await activity.AnswerAsync("right", "");
        await activity.AnswerAsync("again", "");

        var next = await worker.TurnAsync();
        Assert.Equal("WS TC(0)", next.New);
        Assert.Equal("right", next.Request.NewEvents[1].TaskCompleted.Result);
    }

    [Fact]
    public async Task The_custom_status_stays_until_an_answer_has_another_one()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        var turn = await worker.TurnAsync();
        await turn.AnswerAsync(turn.Item.CompletionToken, [], "\"reserved\"");
        await engine.RaiseAsync("a", "x");
        await (await worker.TurnAsync()).AnswerAsync();
        Assert.Equal("\"reserved\"", engine.App.Get("a")!.CustomStatus);

        await engine.RaiseAsync("a", "x");
        turn = await worker.TurnAsync();
        await turn.AnswerAsync(turn.Item.CompletionToken, [], "");
        Assert.Null(engine.App.Get("a")!.CustomStatus);
    }

    [Fact]
    public async Task Vector_57_Without_a_worker_everything_waits_and_nothing_fails()
    {
        await using var engine = await EngineFixture.StartAsync();
        await engine.StartInstanceAsync("a");
        await engine.RaiseAsync("a", "go");
        Assert.Equal(OrchestrationStatus.Pending, engine.App.Get("a")!.Status);
        Assert.Equal(0, engine.App.ConnectedWorkers);

        var worker = engine.Connect();
        Assert.Equal("WS ES ER(go)", (await worker.TurnAsync("a")).New);
        Assert.Equal(1, engine.App.ConnectedWorkers);
    }

    [Fact]
    public async Task Each_app_has_instances_and_workers_of_its_own()
    {
        await using var engine = await EngineFixture.StartAsync();
        var orders = engine.Connect();
        var shipping = engine.Connect("shipping");
        await engine.StartInstanceAsync("same", "\"orders\"");
        await engine.AppOf("shipping").StartAsync(
            new CreateInstanceRequest { InstanceId = "same", Name = "Other", Input = "\"shipping\"" }, CancellationToken.None);

        Assert.Equal("\"orders\"", (await orders.TurnAsync("same")).Request.NewEvents[1].ExecutionStarted.Input);
        Assert.Equal("\"shipping\"", (await shipping.TurnAsync("same")).Request.NewEvents[1].ExecutionStarted.Input);
    }

    [Fact]
    public async Task An_activity_with_a_payload_over_the_limit_stalls_its_instance_before_anything_of_the_turn_is_done()
    {
        await using var engine = await EngineFixture.StartAsync(options: new WorkflowOptions { MaxTurnSize = 10_000 });
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync("a")).AnswerAsync(Actions.Schedule(0), Actions.Schedule(1, input: new string('x', 10_000)));

        Assert.Equal(OrchestrationStatus.Stalled, engine.App.Get("a")!.Status);
        var stalled = Assert.Single(engine.App.ReadHistory("a")!).ExecutionStalled;
        Assert.Equal(StalledReason.PayloadSizeExceeded, stalled.Reason);
        Assert.Empty(worker.Unread);
    }

    [Fact]
    public async Task A_worker_without_tokens_is_not_given_an_activity_whose_namesake_of_an_earlier_run_it_still_has()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync("", [Actions.Schedule(0)]);
        var old = await worker.ActivityAsync();
        await engine.App.TerminateAsync("a", null, recursive: false, CancellationToken.None);
        await (await worker.TurnAsync()).AnswerAsync("", [Actions.Complete(1, null, OrchestrationStatus.Terminated)]);

        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync("", [Actions.Schedule(0)]);
        Assert.Empty(worker.Unread);
        await old.AnswerAsync("run 1", "");
        await (await worker.ActivityAsync()).AnswerAsync("run 2", "");
        Assert.Equal("run 2", (await worker.TurnAsync()).Request.NewEvents[1].TaskCompleted.Result);
    }

    [Fact]
    public async Task A_history_that_grew_too_large_stalls_its_instance_and_no_other()
    {
        await using var engine = await EngineFixture.StartAsync(options: new WorkflowOptions { MaxTurnSize = 10_000 });
        var worker = engine.Connect();
        await engine.StartInstanceAsync("large", new string('x', 10_000));
        await engine.StartInstanceAsync("small");

        await (await worker.TurnAsync("small")).AnswerAsync(Actions.Complete(0));
        await engine.EndOfAsync("small");
        Assert.Equal(OrchestrationStatus.Stalled, engine.App.Get("large")!.Status);
        Assert.Equal("STL", engine.HistoryOf("large"));
    }
}
