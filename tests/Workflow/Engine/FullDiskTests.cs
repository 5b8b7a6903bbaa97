using DaprShop.Sidecar;
using DaprShop.Sidecar.Workflows.Protocol;

namespace DaprShop.Workflow.Tests.Engine;

public sealed class FullDiskTests
{
    private static readonly string Large = $"\"{new string('x', 200_000)}\"";

    [Fact]
    public async Task A_turn_and_an_activity_that_could_not_be_stored_are_done_again_once_there_is_room()
    {
        await using var engine = await EngineFixture.StartAsync();
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        var first = await worker.TurnAsync("a");

        await engine.FillDiskAsync(full: true);
        await Assert.ThrowsAsync<StorageException>(() => first.AnswerAsync(Actions.Schedule(0, "Reserve", Large)));
        var refused = await Assert.ThrowsAsync<DaprApiException>(() => engine.StartInstanceAsync("b", Large));
        Assert.Equal("could not be stored: database or disk is full", refused.Message);
        Assert.Null(engine.App.Get("b"));
        Assert.Equal("", engine.HistoryOf("a"));

        await engine.FillDiskAsync(full: false);
        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        await (await worker.TurnAsync("a")).AnswerAsync(Actions.Schedule(0, "Reserve", Large));
        var activity = await worker.ActivityAsync("Reserve");
        await engine.FillDiskAsync(full: true);
        // Larger than the order, whose place is free in the same write.
        await Assert.ThrowsAsync<StorageException>(() => activity.AnswerAsync(string.Concat(Large, Large, Large)));

        await engine.FillDiskAsync(full: false);
        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        await (await worker.ActivityAsync("Reserve")).AnswerAsync(Large);
        await (await worker.TurnAsync("a")).AnswerAsync(Actions.Complete(1, Large));

        var end = await engine.EndOfAsync("a");
        Assert.Equal((OrchestrationStatus.Completed, Large), (end.Status, end.Output));
        Assert.Equal("WS ES TS#0 WS TC(0) EC(Completed)", engine.HistoryOf("a"));
    }
}
