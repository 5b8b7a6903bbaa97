using DaprShop.Sidecar.Workflows.Protocol;

namespace DaprShop.Workflow.Tests.Engine;

public sealed class GenerationTests
{
    [Fact]
    public async Task Thirty_generations_later_only_the_last_one_is_in_the_history()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a", "0");
        var executions = new HashSet<string>();
        for (var i = 0; i < 30; i++)
        {
            var turn = await worker.TurnAsync("a");
            Assert.Equal(("", "WS ES"), (turn.Past, turn.New));
            Assert.Equal($"{i}", turn.Request.NewEvents[1].ExecutionStarted.Input);
            Assert.True(executions.Add(turn.Request.ExecutionId));
            await turn.AnswerAsync(Actions.ContinueAsNew(0, $"{i + 1}"));
            Assert.Equal(OrchestrationStatus.Running, engine.App.Get("a")!.Status);
        }

        await (await worker.TurnAsync()).AnswerAsync(Actions.Complete(0, "30"));
        Assert.Equal("30", (await engine.EndOfAsync("a")).Output);
        Assert.Equal("WS ES EC(Completed)", engine.HistoryOf("a"));
    }

    [Fact]
    public async Task Carried_over_events_come_first_and_events_that_came_meanwhile_follow()
    {
        await using var engine = await EngineFixture.StartAsync();
        await engine.StartInstanceAsync("a");
        await engine.RaiseAsync("a", "one");
        await engine.RaiseAsync("a", "two");
        var worker = engine.Connect();
        var turn = await worker.TurnAsync();
        Assert.Equal("WS ES ER(one) ER(two)", turn.New);
        await engine.RaiseAsync("a", "three");
        await turn.AnswerAsync(Actions.ContinueAsNew(0, "", turn.Request.NewEvents[3]));
        await engine.KillAsync();

        worker = engine.Connect();
        turn = await worker.TurnAsync();
        Assert.Equal(("", "WS ES ER(two) ER(three)"), (turn.Past, turn.New));
    }

    [Fact]
    public async Task What_the_ended_generation_still_asked_for_is_dropped()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Schedule(0));
        var late = await worker.ActivityAsync();
        await engine.RaiseAsync("a", "next");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Schedule(1, "Never"), Actions.ContinueAsNew(2, "2"));
        await (await worker.TurnAsync()).AnswerAsync(Actions.Schedule(0, "Second"));
        var second = await worker.ActivityAsync("Second");

        await late.AnswerAsync("of the first generation");
        await second.AnswerAsync("of the second");
        var turn = await worker.TurnAsync();
        Assert.Equal(("WS ES TS#0", "WS TC(0)"), (turn.Past, turn.New));
        Assert.Equal("of the second", turn.Request.NewEvents[1].TaskCompleted.Result);
    }

    [Fact]
    public async Task A_suspension_that_comes_with_the_last_turn_holds_the_next_generation()
    {
        await using var engine = await EngineFixture.StartAsync();
        await engine.StartInstanceAsync("a");
        await engine.RaiseAsync("a", "go");
        await engine.App.SuspendAsync("a", null, CancellationToken.None);
        var worker = engine.Connect();
        var turn = await worker.TurnAsync();
        Assert.Equal("WS ES ER(go) SUSP", turn.New);
        await turn.AnswerAsync(Actions.ContinueAsNew(0, "2"));

        turn = await worker.TurnAsync();
        Assert.Equal("WS ES SUSP", turn.New);
        await turn.AnswerAsync();
        Assert.Equal(OrchestrationStatus.Suspended, engine.App.Get("a")!.Status);
    }
}
