using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Workflows.Protocol;
using DaprShop.Workflow.Tests.Golden;

namespace DaprShop.Workflow.Tests.Engine;

public sealed class RetentionTests
{
    [Fact]
    public async Task A_finished_instance_goes_when_its_time_is_over_also_after_a_kill()
    {
        await using var engine = await EngineFixture.StartAsync();
        engine.Retain(new WorkflowRetention(AnyTerminal: TimeSpan.FromHours(2), Completed: TimeSpan.FromMinutes(1)));
        var worker = engine.Connect();
        await EndAsync(engine, worker, "completed", Actions.Complete(0));
        await EndAsync(engine, worker, "failed", Actions.Fail(0, "no"));
        await engine.KillAsync();

        engine.Clock.Advance(TimeSpan.FromSeconds(61));
        await Until.TrueAsync(() => engine.App.Get("completed") is null);
        Assert.Equal(OrchestrationStatus.Failed, engine.App.Get("failed")!.Status);
        Assert.Null(engine.App.ReadHistory("completed"));

        engine.Clock.Advance(TimeSpan.FromHours(2));
        await Until.TrueAsync(() => engine.App.Get("failed") is null);
    }

    [Fact]
    public async Task A_new_run_of_an_id_does_not_go_with_the_old_one()
    {
        await using var engine = await EngineFixture.StartAsync();
        engine.Retain(new WorkflowRetention(Completed: TimeSpan.FromMinutes(1)));
        var worker = engine.Connect();
        await EndAsync(engine, worker, "a", Actions.Complete(0));
        await EndAsync(engine, worker, "b", Actions.Complete(0));
        await engine.StartInstanceAsync("a");
        engine.Clock.Advance(TimeSpan.FromMinutes(2));
        await Until.TrueAsync(() => engine.App.Get("b") is null);
        Assert.Equal(OrchestrationStatus.Pending, engine.App.Get("a")!.Status);
    }

    [Fact]
    public async Task Without_a_policy_instances_stay()
    {
        await using var engine = await EngineFixture.StartAsync();
        await EndAsync(engine, engine.Connect(), "a", Actions.Complete(0));
        engine.Clock.Advance(TimeSpan.FromDays(1000));
        Assert.NotNull(engine.App.Get("a"));
    }

    private static async Task EndAsync(EngineFixture engine, ScriptedWorker worker, string id, WorkflowAction end)
    {
        await engine.StartInstanceAsync(id);
        await (await worker.TurnAsync(id)).AnswerAsync(end);
    }
}
