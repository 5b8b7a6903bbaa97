using DaprShop.Sidecar.Workflows.Protocol;

namespace DaprShop.Workflow.Tests.Engine;

public sealed class TimerTests
{
    [Fact]
    public async Task A_timer_fires_when_its_time_has_come_and_not_before()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        var fireAt = engine.Time.GetUtcNow().AddSeconds(2);
        await (await worker.TurnAsync()).AnswerAsync(Actions.Timer(0, fireAt));

        engine.Clock.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromTicks(1));
        await StartAnotherAsync(engine, worker);
        engine.Clock.Advance(TimeSpan.FromMilliseconds(1));

        var turn = await worker.TurnAsync("a");
        Assert.Equal(("WS ES TMC#0", "WS TMF(0)"), (turn.Past, turn.New));
        Assert.Equal(fireAt, turn.Request.NewEvents[1].TimerFired.FireAt.ToDateTimeOffset());
        Assert.True(turn.Request.NewEvents[0].Timestamp.ToDateTimeOffset() >= fireAt);
    }

    [Fact]
    public async Task A_timer_in_the_past_fires_at_once()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Timer(0, engine.Time.GetUtcNow().AddSeconds(-1)));
        Assert.Equal("WS TMF(0)", (await worker.TurnAsync("a")).New);
    }

    [Fact]
    public async Task A_timer_that_came_due_while_the_engine_was_down_fires_once_after_the_restart()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Timer(0, engine.Time.GetUtcNow().AddSeconds(5)));
        engine.Clock.Advance(TimeSpan.FromSeconds(1));
        await engine.KillAsync();
        engine.Clock.Advance(TimeSpan.FromSeconds(7));

        worker = engine.Connect();
        var turn = await worker.TurnAsync("a");
        Assert.Equal("WS TMF(0)", turn.New);
        await turn.AnswerAsync(Actions.Complete(1));
        Assert.Equal("WS ES TMC#0 WS TMF(0) EC(Completed)", engine.HistoryOf("a"));
    }

    [Fact]
    public async Task A_restart_does_not_make_a_timer_fire_early()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Timer(0, engine.Time.GetUtcNow().AddSeconds(8)));
        await engine.KillAsync();
        worker = engine.Connect();
        engine.Clock.Advance(TimeSpan.FromSeconds(7));
        await StartAnotherAsync(engine, worker);

        engine.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("WS TMF(0)", (await worker.TurnAsync("a")).New);
    }

    [Fact]
    public async Task A_timer_of_an_ended_generation_never_reaches_the_next_one()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Timer(0, engine.Time.GetUtcNow().AddSeconds(1)));
        await engine.RaiseAsync("a", "next");
        await (await worker.TurnAsync()).AnswerAsync(Actions.ContinueAsNew(1, "2"));
        await (await worker.TurnAsync()).AnswerAsync(Actions.Timer(0, engine.Time.GetUtcNow().AddSeconds(5)));

        engine.Clock.Advance(TimeSpan.FromSeconds(4));
        await StartAnotherAsync(engine, worker);
        engine.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("WS TMF(0)", (await worker.TurnAsync("a")).New);
    }

    [Fact]
    public async Task A_scheduled_workflow_starts_at_its_time_even_after_a_restart_and_keeps_its_events()
    {
        await using var engine = await EngineFixture.StartAsync();
        await engine.StartInstanceAsync("a", at: engine.Time.GetUtcNow().AddSeconds(3));
        await engine.RaiseAsync("a", "early");
        await engine.KillAsync();
        var worker = engine.Connect();
        engine.Clock.Advance(TimeSpan.FromSeconds(2));
        await StartAnotherAsync(engine, worker);
        Assert.Equal(OrchestrationStatus.Pending, engine.App.Get("a")!.Status);

        engine.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("WS ES ER(early)", (await worker.TurnAsync("a")).New);
    }

    [Fact]
    public async Task A_timer_without_end_is_in_the_history_and_never_fires()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Timer(0, DateTimeOffset.MaxValue));
        engine.Clock.Advance(TimeSpan.FromDays(1000));
        await StartAnotherAsync(engine, worker);
        Assert.Equal("WS ES TMC#0", engine.HistoryOf("a"));
    }

    // The next item is that of another instance: nothing came before it.
    private static async Task StartAnotherAsync(EngineFixture engine, ScriptedWorker worker)
    {
        await engine.StartInstanceAsync("another");
        await (await worker.TurnAsync("another")).AnswerAsync(Actions.Complete(0));
        Assert.Empty(worker.Unread);
    }
}
