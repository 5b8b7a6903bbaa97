using DaprShop.Sidecar;
using DaprShop.Sidecar.Workflows.Protocol;
using Grpc.Core;

namespace DaprShop.Workflow.Tests.Engine;

public sealed class LifecycleTests
{
    [Fact]
    public async Task A_live_id_cannot_be_started_again_and_of_two_starts_at_once_one_succeeds()
    {
        await using var engine = await EngineFixture.StartAsync();
        var starts = Enumerable.Range(0, 8).Select(_ => engine.StartInstanceAsync("a")).ToArray();
        var refused = 0;
        foreach (var start in starts)
        {
            try
            {
                await start;
            }
            catch (DaprApiException e)
            {
                Assert.Equal((StatusCode.AlreadyExists, "an active workflow with ID 'a' already exists"), (e.GrpcStatus, e.Message));
                refused++;
            }
        }

        Assert.Equal(7, refused);
    }

    [Fact]
    public async Task A_finished_id_starts_afresh_unless_it_must_be_unique()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a", "1");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Complete(0, "first"));
        var refused = await Assert.ThrowsAsync<DaprApiException>(() => engine.StartInstanceAsync("a", "2", unique: true));
        Assert.Equal(StatusCode.AlreadyExists, refused.GrpcStatus);

        await engine.StartInstanceAsync("a", "2");
        var turn = await worker.TurnAsync();
        Assert.Equal(("", "2"), (turn.Past, turn.Request.NewEvents[1].ExecutionStarted.Input));
        Assert.Null(engine.App.Get("a")!.Output);
    }

    [Fact]
    public async Task A_finished_id_whose_child_still_runs_cannot_be_started_again()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Child(0, "child"), Actions.Complete(1));
        await worker.TurnAsync("child");
        var refused = await Assert.ThrowsAsync<DaprApiException>(() => engine.StartInstanceAsync("a"));
        Assert.StartsWith("cannot recreate workflow with ID 'a'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_finished_instances_are_purged()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        var turn = await worker.TurnAsync();
        var refused = await Assert.ThrowsAsync<DaprApiException>(() => engine.App.PurgeAsync("a", true, false, CancellationToken.None));
        Assert.Equal("orchestration has not yet completed", refused.Message);

        await turn.AnswerAsync(Actions.Complete(0));
        Assert.Equal(1, await engine.App.PurgeAsync("a", true, false, CancellationToken.None));
        Assert.Null(engine.App.Get("a"));
        Assert.Null(engine.App.ReadHistory("a"));
        refused = await Assert.ThrowsAsync<DaprApiException>(() => engine.App.PurgeAsync("a", true, false, CancellationToken.None));
        Assert.Equal("no such instance exists", refused.Message);
    }

    [Fact]
    public async Task Waiting_ends_with_the_commit_that_brings_the_status()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        Assert.Null(await engine.App.WaitForCompletionAsync("missing", CancellationToken.None));
        await engine.StartInstanceAsync("a");
        var started = engine.App.WaitForStartAsync("a", CancellationToken.None);
        var completed = engine.App.WaitForCompletionAsync("a", CancellationToken.None);
        var turn = await worker.TurnAsync();
        Assert.False(started.IsCompleted);
        await turn.AnswerAsync();
        Assert.Equal(OrchestrationStatus.Running, (await started.WaitAsync(ScriptedWorker.Patience))!.Status);
        Assert.False(completed.IsCompleted);
        await engine.RaiseAsync("a", "end");
        await (await worker.TurnAsync()).AnswerAsync(Actions.Complete(0, "1"));
        Assert.Equal("1", (await completed.WaitAsync(ScriptedWorker.Patience))!.Output);
    }

    [Fact]
    public async Task A_wait_can_be_given_up()
    {
        await using var engine = await EngineFixture.StartAsync();
        await engine.StartInstanceAsync("a");
        using var deadline = new CancellationTokenSource();
        var started = engine.App.WaitForStartAsync("a", deadline.Token);
        await deadline.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => started);
        Assert.NotNull(engine.App.Get("a"));
    }

    [Fact]
    public async Task Ids_are_listed_page_by_page()
    {
        await using var engine = await EngineFixture.StartAsync();
        foreach (var id in (string[])["c", "a", "b"])
        {
            await engine.StartInstanceAsync(id);
        }

        var (first, token) = engine.App.ListIds(null, 2);
        Assert.Equal(["a", "b"], first);
        var (second, end) = engine.App.ListIds(token, 2);
        Assert.Equal(["c"], second);
        Assert.Null(end);
        Assert.Equal(3, engine.App.ListIds(null, null).Ids.Count);
    }
}
