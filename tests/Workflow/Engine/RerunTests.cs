using DaprShop.Sidecar;
using DaprShop.Sidecar.Workflows.Protocol;

namespace DaprShop.Workflow.Tests.Engine;

public sealed class RerunTests
{
    [Fact]
    public async Task An_activity_of_a_finished_instance_can_be_done_again_with_another_input()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await EndAsync(engine, worker);
        var id = await engine.App.RerunAsync(
            new RerunWorkflowFromEventRequest { SourceInstanceID = "a", EventID = 1, OverwriteInput = true, Input = "other" }, CancellationToken.None);

        var activity = await worker.ActivityAsync();
        Assert.Equal((id, 1, "other"), (activity.Request.WorkflowInstance.InstanceId, activity.Request.TaskId, activity.Request.Input));
        await activity.AnswerAsync("new");
        var turn = await worker.TurnAsync(id);
        Assert.Equal(("WS ES TS#0 WS TC(0) TS#1", "WS TC(1)"), (turn.Past, turn.New));
        Assert.Equal("a", turn.Request.PastEvents[5].TaskScheduled.RerunParentInstanceInfo.InstanceID);
        await turn.AnswerAsync(Actions.Complete(2, "done"));
        Assert.Equal("done", (await engine.EndOfAsync(id)).Output);
        Assert.Equal("old", engine.App.Get("a")!.Output);
    }

    [Fact]
    public async Task What_had_no_result_yet_is_done_again_too_and_a_kill_loses_none_of_it()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync(
            Actions.Timer(0, engine.Clock.GetUtcNow().AddSeconds(10)), Actions.Child(1, "child"), Actions.Schedule(2));
        await engine.App.TerminateAsync("a", null, recursive: true, CancellationToken.None);
        while (engine.App.Get("a")!.Status != OrchestrationStatus.Terminated)
        {
            if (await worker.NextAsync() is { WorkflowRequest: not null } item)
            {
                await new Turn(engine.App, item).AnswerAsync(Actions.Complete(9, null, OrchestrationStatus.Terminated));
            }
        }

        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        await engine.App.RerunAsync(
            new RerunWorkflowFromEventRequest { SourceInstanceID = "a", EventID = 2, NewInstanceID = "b" }, CancellationToken.None);
        await engine.KillAsync();
        worker = engine.Connect();
        engine.Clock.Advance(TimeSpan.FromSeconds(10));

        var given = new List<WorkItem>();
        while (given.Count < 3 && await worker.NextAsync() is var item)
        {
            // The child of the terminated instance may be among them.
            if ((item.ActivityRequest?.WorkflowInstance.InstanceId ?? item.WorkflowRequest.InstanceId) != "child")
            {
                given.Add(item);
            }
        }

        Assert.Equal("b", Assert.Single(given, item => item.ActivityRequest is not null).ActivityRequest.WorkflowInstance.InstanceId);
        var timer = Assert.Single(given, item => item.WorkflowRequest?.InstanceId == "b").WorkflowRequest;
        Assert.Equal(("WS ES TMC#0 CC#1 TS#2", "WS TMF(0)"), (Shape.Of(timer.PastEvents), Shape.Of(timer.NewEvents)));
        var child = Assert.Single(given, item => item.WorkflowRequest is { } request && request.InstanceId != "b").WorkflowRequest;
        Assert.Equal("b", child.NewEvents[1].ExecutionStarted.ParentInstance.WorkflowInstance.InstanceId);
    }

    [Fact]
    public async Task Only_an_activity_a_timer_or_a_child_of_a_finished_instance_can_be_done_again_under_a_new_id()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await EndAsync(engine, worker);
        await engine.StartInstanceAsync("running");

        await RefusesAsync("does not have history event with ID '7'", new() { SourceInstanceID = "a", EventID = 7 });
        await RefusesAsync("does not have history event with ID '2'", new() { SourceInstanceID = "a", EventID = 2 });
        await RefusesAsync("'running': only a finished workflow can be run again", new() { SourceInstanceID = "running" });
        await RefusesAsync("workflow 'a' has already been created", new() { SourceInstanceID = "a", NewInstanceID = "a" });

        async Task RefusesAsync(string message, RerunWorkflowFromEventRequest request) => Assert.Equal(
            message, (await Assert.ThrowsAsync<DaprApiException>(() => engine.App.RerunAsync(request, CancellationToken.None))).Message);
    }

    // Two activities in a row.
    private static async Task EndAsync(EngineFixture engine, ScriptedWorker worker)
    {
        await engine.StartInstanceAsync("a");
        for (var i = 0; i < 2; i++)
        {
            await (await worker.TurnAsync("a")).AnswerAsync(Actions.Schedule(i));
            await (await worker.ActivityAsync()).AnswerAsync("old");
        }

        await (await worker.TurnAsync("a")).AnswerAsync(Actions.Complete(2, "old"));
        await engine.EndOfAsync("a");
    }
}
