using DaprShop.Sidecar.Workflows;
using DaprShop.Sidecar.Workflows.Protocol;

namespace DaprShop.Workflow.Tests.Engine;

public sealed class RestartTests
{
    [Fact]
    public async Task A_kill_before_the_first_turn_loses_neither_the_start_nor_its_events()
    {
        await using var engine = await EngineFixture.StartAsync();
        await engine.StartInstanceAsync("a", "1");
        await engine.RaiseAsync("a", "go");
        await engine.KillAsync();
        Assert.Equal("WS ES ER(go)", (await engine.Connect().TurnAsync("a")).New);
    }

    [Fact]
    public async Task A_kill_while_a_turn_is_in_hand_repeats_it_with_the_same_events()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        var before = await worker.TurnAsync();
        await engine.KillAsync();

        var after = await engine.Connect().TurnAsync("a");
        Assert.Equal((before.Past, before.New, before.Request.ExecutionId), (after.Past, after.New, after.Request.ExecutionId));
        await before.AnswerAsync(Actions.Complete(0, "of the dead"));
        await after.AnswerAsync(Actions.Schedule(0));
        Assert.Equal("WS ES TS#0", engine.HistoryOf("a"));
    }

    [Fact]
    public async Task Vector_35_A_kill_between_an_answer_and_its_commit_repeats_the_turn_with_the_same_events()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a", "1");
        var before = await worker.TurnAsync();
        await engine.KillAsync(() => _ = before.AnswerAsync(Actions.Schedule(0)));
        Assert.Equal("", engine.HistoryOf("a"));

        worker = engine.Connect();
        var after = await worker.TurnAsync("a");
        Assert.Equal((before.New, before.Request.NewEvents[1]), (after.New, after.Request.NewEvents[1]));
        await after.AnswerAsync(Actions.Schedule(0));
        await (await worker.ActivityAsync()).AnswerAsync("1");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Complete(1));
        Assert.Equal("WS ES TS#0 WS TC(0) EC(Completed)", engine.HistoryOf("a"));
        Assert.Empty(worker.Unread);
    }

    [Fact]
    public async Task Vector_34_A_kill_while_an_activity_runs_gives_it_out_again_with_its_key_and_a_new_token()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Schedule(0, "Reserve", "1"), Actions.Timer(1, engine.Time.GetUtcNow().AddDays(1)));
        var before = await worker.ActivityAsync();
        await engine.KillAsync();

        worker = engine.Connect();
        var after = await worker.ActivityAsync("Reserve");
        Assert.Equal(before.Request, after.Request);
        Assert.NotEqual(before.Item.CompletionToken, after.Item.CompletionToken);
        await after.AnswerAsync("late", before.Item.CompletionToken);
        await after.AnswerAsync("right");
        var turn = await worker.TurnAsync();
        Assert.Equal(("WS ES TS#0 TMC#1", "WS TC(0)"), (turn.Past, turn.New));
        Assert.Equal("right", turn.Request.NewEvents[1].TaskCompleted.Result);
    }

    [Fact]
    public async Task Vector_33_A_kill_between_a_result_and_its_turn_does_not_run_the_activity_again()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Schedule(0));
        await (await worker.ActivityAsync()).AnswerAsync("7");
        await engine.KillAsync();

        worker = engine.Connect();
        var turn = await worker.TurnAsync("a");
        Assert.Equal(("WS ES TS#0", "WS TC(0)"), (turn.Past, turn.New));
        await turn.AnswerAsync(Actions.Complete(1, "7"));
        await engine.EndOfAsync("a");
        Assert.Empty(worker.Unread);
    }

    [Fact]
    public async Task Vector_47_A_kill_after_a_child_was_started_starts_no_second_one()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("parent");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Child(0, "child"));
        await engine.KillAsync();
        worker = engine.Connect();
        await (await worker.TurnAsync("child")).AnswerAsync(Actions.Complete(0, "1"));
        await engine.KillAsync();
        worker = engine.Connect();
        Assert.Equal("WS CD(0)", (await worker.TurnAsync("parent")).New);
        Assert.Equal(["child", "parent"], engine.App.ListIds(null, null).Ids);
    }

    [Fact]
    public async Task A_finished_instance_stays_finished()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Complete(0, "1"));
        await engine.KillAsync();
        worker = engine.Connect();
        Assert.Equal((OrchestrationStatus.Completed, "1"), ((await engine.EndOfAsync("a")).Status, engine.App.Get("a")!.Output));
        await engine.StartInstanceAsync("b");
        await worker.TurnAsync("b");
        Assert.Empty(worker.Unread);
    }

    [Fact]
    public async Task Vector_36_What_a_worker_has_in_hand_goes_to_another_one_when_its_stream_ends()
    {
        await using var engine = await EngineFixture.StartAsync();
        var first = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await first.TurnAsync()).AnswerAsync(Actions.Schedule(0));
        var activity = await first.ActivityAsync();
        await engine.RaiseAsync("a", "go");
        var turn = await first.TurnAsync();
        var second = engine.Connect();
        await first.DisposeAsync();

        var again = await second.TurnAsync("a");
        Assert.Equal(turn.New, again.New);
        var repeated = await second.ActivityAsync();
        Assert.Equal(activity.Request, repeated.Request);
        await turn.AnswerAsync(Actions.Complete(1, "of the first"));
        await activity.AnswerAsync("of the first");
        await again.AnswerAsync();
        await repeated.AnswerAsync("of the second");
        Assert.Equal("of the second", (await second.TurnAsync()).Request.NewEvents[1].TaskCompleted.Result);
    }

    [Fact]
    public async Task A_turn_without_an_answer_goes_out_again_when_its_lease_is_over()
    {
        await using var engine = await EngineFixture.StartAsync(options: new WorkflowOptions { TurnLease = TimeSpan.FromSeconds(60) });
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        var lost = await worker.TurnAsync();
        engine.Clock.Advance(TimeSpan.FromSeconds(60));
        var again = await worker.TurnAsync("a");
        Assert.Equal(lost.New, again.New);
        await lost.AnswerAsync(Actions.Complete(0, "late"));
        await again.AnswerAsync(Actions.Complete(0, "right"));
        Assert.Equal("right", (await engine.EndOfAsync("a")).Output);
    }

    [Fact]
    public async Task Idle_workers_take_turns()
    {
        await using var engine = await EngineFixture.StartAsync();
        ScriptedWorker[] workers = [engine.Connect(), engine.Connect()];
        for (var i = 0; i < 4; i++)
        {
            await engine.StartInstanceAsync($"{i}");
            await (await workers[i % 2].TurnAsync($"{i}")).AnswerAsync(Actions.Complete(0));
        }
    }

    [Fact]
    public async Task Work_is_spread_over_the_workers_and_no_worker_gets_more_than_it_may_have()
    {
        await using var engine = await EngineFixture.StartAsync(options: new WorkflowOptions { ActivitiesPerWorker = 3 });
        var starter = engine.Connect();
        await engine.StartInstanceAsync("a");
        var turn = await starter.TurnAsync();
        var other = engine.Connect();
        await turn.AnswerAsync([.. Enumerable.Range(0, 10).Select(i => Actions.Schedule(i))]);

        var given = new List<Activity>();
        for (var i = 0; i < 3; i++)
        {
            given.Add(await starter.ActivityAsync());
            given.Add(await other.ActivityAsync());
        }

        Assert.Empty(starter.Unread);
        Assert.Empty(other.Unread);
        await given[0].AnswerAsync("1");
        await starter.NextAsync();
    }

    [Fact]
    public async Task A_thousand_activities_each_run_once()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync([.. Enumerable.Range(0, 1000).Select(i => Actions.Schedule(i))]);
        var (seen, answers, done) = (new HashSet<int>(), new List<Task>(), 0);
        while (done < 1000)
        {
            var item = await worker.NextAsync();
            if (item.ActivityRequest is { } request)
            {
                Assert.True(seen.Add(request.TaskId));
                answers.Add(new Activity(engine.App, item).AnswerAsync($"{request.TaskId}"));
            }
            else
            {
                done += item.WorkflowRequest.NewEvents.Count - 1;
                answers.Add(new Turn(engine.App, item).AnswerAsync(done == 1000 ? [Actions.Complete(1000)] : []));
            }
        }

        await Task.WhenAll(answers);
        var history = engine.App.ReadHistory("a")!;
        Assert.Equal((1000, 1000), (history.Count(e => e.TaskScheduled is not null), history.Count(e => e.TaskCompleted is not null)));
        Assert.Equal(OrchestrationStatus.Completed, (await engine.EndOfAsync("a")).Status);
    }
}
