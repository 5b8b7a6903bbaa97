using DaprShop.Sidecar.Workflows.Protocol;

namespace DaprShop.Workflow.Tests.Engine;

/// <summary>Tests that look at the memory of the process, which nobody else may use meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public sealed class EnduranceTests
{
    private const int Rounds = 10;
    private const int InstancesPerRound = 1000;
    private const long Slack = 4 * 1024 * 1024;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private static readonly string s_payload = new('x', 2000);

    [Fact]
    public async Task Ten_thousand_instances_come_and_go_and_leave_nothing_behind()
    {
        await using var engine = await EngineFixture.StartAsync();
        using var done = new CancellationTokenSource();
        var working = WorkAsync(engine, engine.Connect(), done.Token);
        var (memory, pages) = (new List<long>(), new List<long>());
        for (var round = 0; round < Rounds; round++)
        {
            await RunAsync(engine, round).WaitAsync(s_patience);
            Assert.False(working.IsFaulted, working.Exception?.ToString());
            memory.Add(GC.GetTotalMemory(forceFullCollection: true));
            pages.Add(engine.Pages);
        }

        Assert.Equal(0, engine.Rows);
        Assert.Empty(engine.App.ListIds(null, null).Ids);
        Assert.True(memory[^1] - memory[0] < Slack, $"memory after each round: {string.Join(' ', memory)}");
        Assert.True(pages[^1] < 2 * pages[0], $"pages after each round: {string.Join(' ', pages)}");
        await done.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working);
    }

    private static async Task RunAsync(EngineFixture engine, int round)
    {
        string[] ids = [.. Enumerable.Range(0, InstancesPerRound).Select(i => $"{round}-{i}")];
        await Task.WhenAll(ids.Select(id => engine.StartInstanceAsync(id, s_payload)));
        var ends = await Task.WhenAll(ids.Select(id => engine.App.WaitForCompletionAsync(id, CancellationToken.None)));
        Assert.All(ends, end => Assert.Equal(OrchestrationStatus.Completed, end!.Status));
        var purged = await Task.WhenAll(ids.Select(id => engine.App.PurgeAsync(id, recursive: true, force: false, CancellationToken.None)));
        Assert.Equal(InstancesPerRound, purged.Sum());
    }

    // Each instance leaves a timer behind, and an event that nobody waits for.
    private static async Task WorkAsync(EngineFixture engine, ScriptedWorker worker, CancellationToken cancellationToken)
    {
        while (true)
        {
            var item = await worker.NextAsync(cancellationToken);
            _ = item switch
            {
                { ActivityRequest: not null } => new Activity(engine.App, item).AnswerAsync(s_payload),
                { WorkflowRequest.PastEvents.Count: > 0 } => new Turn(engine.App, item).AnswerAsync(Actions.Complete(3, s_payload)),
                _ => new Turn(engine.App, item).AnswerAsync(
                    Actions.Schedule(0, input: s_payload), Actions.Timer(1, engine.Time.GetUtcNow().AddDays(1)), Actions.Send(2, item.WorkflowRequest.InstanceId, "unheard")),
            };
        }
    }
}
