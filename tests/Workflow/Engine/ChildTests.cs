using DaprShop.Sidecar.Workflows;
using DaprShop.Sidecar.Workflows.Protocol;
using DaprShop.Workflow.Tests.Golden;

namespace DaprShop.Workflow.Tests.Engine;

public sealed class ChildTests
{
    [Fact]
    public async Task A_child_tells_its_parent_how_it_ended()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("parent");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Child(0, "good", "1"), Actions.Child(1, "bad"), Actions.Child(2, "stopped"));
        for (var i = 0; i < 3; i++)
        {
            var child = await worker.TurnAsync();
            var parent = child.Request.NewEvents[1].ExecutionStarted.ParentInstance;
            Assert.Equal(("parent", "Flow", EngineFixture.AppId), (parent.WorkflowInstance.InstanceId, parent.Name, parent.AppID));
            await child.AnswerAsync(child.Request.InstanceId switch
            {
                "good" => Actions.Complete(0, "42"),
                "bad" => Actions.Fail(0, "boom"),
                _ => Actions.Complete(0, null, OrchestrationStatus.Terminated),
            });
        }

        var news = new List<HistoryEvent>();
        while (news.Count < 3)
        {
            var turn = await worker.TurnAsync("parent");
            news.AddRange(turn.Request.NewEvents.Skip(1));
            await turn.AnswerAsync();
        }

        Assert.Equal("42", news.Single(e => e.ChildWorkflowInstanceCompleted is not null).ChildWorkflowInstanceCompleted.Result);
        Assert.Equal("boom", news.Single(e => e.ChildWorkflowInstanceFailed?.TaskScheduledId == 1).ChildWorkflowInstanceFailed.FailureDetails.ErrorMessage);
        Assert.Null(news.Single(e => e.ChildWorkflowInstanceFailed?.TaskScheduledId == 2).ChildWorkflowInstanceFailed.FailureDetails);
        Assert.Equal("parent", engine.App.Get("good")!.ParentId);
    }

    [Fact]
    public async Task A_child_without_an_id_is_named_after_its_parent()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("parent");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Child(26, ""));
        await worker.TurnAsync("parent:001a");
    }

    [Fact]
    public async Task A_child_whose_id_is_taken_fails_and_its_parent_goes_on()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("taken");
        await (await worker.TurnAsync()).AnswerAsync();
        await engine.StartInstanceAsync("parent");
        await (await worker.TurnAsync("parent")).AnswerAsync(Actions.Child(0, "taken"));

        var turn = await worker.TurnAsync("parent");
        Assert.Equal(("WS ES CC#0", "WS CF(0)"), (turn.Past, turn.New));
        Assert.Equal("WorkflowInstanceAlreadyExists", turn.Request.NewEvents[1].ChildWorkflowInstanceFailed.FailureDetails.ErrorType);
    }

    [Fact]
    public async Task Termination_of_a_parent_ends_its_children_and_theirs()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("parent");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Child(0, "child"));
        await (await worker.TurnAsync("child")).AnswerAsync(Actions.Child(0, "grandchild"));
        await (await worker.TurnAsync("grandchild")).AnswerAsync(Actions.Timer(0, engine.Time.GetUtcNow().AddDays(1)));
        await engine.App.TerminateAsync("parent", "\"all\"", recursive: true, CancellationToken.None);
        foreach (var id in (string[])["parent", "child", "grandchild"])
        {
            await (await worker.TurnAsync(id)).AnswerAsync();
            var end = await engine.EndOfAsync(id);
            Assert.Equal((OrchestrationStatus.Terminated, "\"all\""), (end.Status, end.Output));
        }

        engine.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(3, await engine.App.PurgeAsync("parent", recursive: true, force: false, CancellationToken.None));
        Assert.Null(engine.App.Get("grandchild"));
        await engine.StartInstanceAsync("next");
        await worker.TurnAsync("next");
        Assert.Empty(worker.Unread);
    }

    [Fact]
    public async Task Termination_of_a_parent_ends_a_stalled_child_too()
    {
        await using var engine = await EngineFixture.StartAsync(options: new WorkflowOptions { MaxTurnSize = 10_000 });
        var worker = engine.Connect();
        await engine.StartInstanceAsync("parent");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Child(0, "child"));
        await (await worker.TurnAsync("child")).AnswerAsync();
        await engine.RaiseAsync("child", "large", new string('x', 10_000));
        await Until.TrueAsync(() => engine.App.Get("child")!.Status == OrchestrationStatus.Stalled);

        await engine.App.TerminateAsync("parent", "\"all\"", recursive: true, CancellationToken.None);
        await (await worker.TurnAsync("parent")).AnswerAsync();
        Assert.Equal((OrchestrationStatus.Terminated, "\"all\""), ((await engine.EndOfAsync("child")).Status, engine.App.Get("child")!.Output));
        Assert.Equal(2, await engine.App.PurgeAsync("parent", recursive: true, force: false, CancellationToken.None));
    }

    [Fact]
    public async Task The_result_for_an_ended_generation_of_the_parent_is_dropped()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("parent");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Child(0, "old"));
        var old = await worker.TurnAsync("old");
        await engine.RaiseAsync("parent", "next");
        await (await worker.TurnAsync("parent")).AnswerAsync(Actions.ContinueAsNew(1, "2"));
        await (await worker.TurnAsync("parent")).AnswerAsync(Actions.Child(0, "new"));
        await old.AnswerAsync(Actions.Complete(0, "old"));
        await (await worker.TurnAsync("new")).AnswerAsync(Actions.Complete(0, "new"));

        var turn = await worker.TurnAsync("parent");
        Assert.Equal("WS CD(0)", turn.New);
        Assert.Equal("new", turn.Request.NewEvents[1].ChildWorkflowInstanceCompleted.Result);
    }
}
