using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Workflows.Protocol;

namespace DaprShop.Workflow.Tests.Engine;

/// <summary>workflow.maxConcurrentWorkflowInvocations and maxConcurrentActivityInvocations of the Configuration.</summary>
public sealed class ConcurrencyTests
{
    private const int Limit = 3;

    [Fact]
    public async Task All_workers_of_an_app_together_have_no_more_activities_in_hand_than_allowed()
    {
        await using var engine = await EngineFixture.StartAsync();
        engine.Limit(new WorkflowConcurrency(Activities: Limit));
        ScriptedWorker[] workers = [engine.Connect()];
        await engine.StartInstanceAsync("a");
        var first = await workers[0].TurnAsync();
        workers = [.. workers, engine.Connect()];
        await first.AnswerAsync([.. Enumerable.Range(0, 4 * Limit).Select(i => Actions.Schedule(i))]);

        await WorkAsync(workers, total: 4 * Limit, counts: item => item.ActivityRequest is not null, answer: item => item.ActivityRequest is null
            ? new Turn(engine.App, item).AnswerAsync()
            : new Activity(engine.App, item).AnswerAsync("1"));
    }

    [Fact]
    public async Task All_workers_of_an_app_together_have_no_more_turns_in_hand_than_allowed()
    {
        await using var engine = await EngineFixture.StartAsync();
        engine.Limit(new WorkflowConcurrency(Workflows: Limit));
        ScriptedWorker[] workers = [engine.Connect(), engine.Connect()];
        await Task.WhenAll(Enumerable.Range(0, 4 * Limit).Select(i => engine.StartInstanceAsync($"{i}")));

        await WorkAsync(workers, total: 4 * Limit, counts: _ => true, answer: item => new Turn(engine.App, item).AnswerAsync(Actions.Complete(0)));

        Assert.All(Enumerable.Range(0, 4 * Limit), i => Assert.Equal(OrchestrationStatus.Completed, engine.App.Get($"{i}")!.Status));
    }

    [Fact]
    public async Task What_a_worker_that_is_gone_had_in_hand_does_not_count_any_more()
    {
        await using var engine = await EngineFixture.StartAsync();
        engine.Limit(new WorkflowConcurrency(Workflows: 1, Activities: 1));
        var first = engine.Connect();
        await engine.StartInstanceAsync("a");
        await (await first.TurnAsync("a")).AnswerAsync(Actions.Schedule(0));
        await first.ActivityAsync();
        await engine.RaiseAsync("a", "go");
        await first.TurnAsync("a");
        var second = engine.Connect();
        await first.DisposeAsync();

        await (await second.TurnAsync("a")).AnswerAsync();
        await (await second.ActivityAsync()).AnswerAsync("1");
        await (await second.TurnAsync("a")).AnswerAsync(Actions.Complete(1));
        Assert.Equal(OrchestrationStatus.Completed, (await engine.EndOfAsync("a")).Status);
    }

    [Fact]
    public async Task An_instance_that_is_purged_while_a_worker_has_it_makes_room_for_the_next()
    {
        await using var engine = await EngineFixture.StartAsync();
        engine.Limit(new WorkflowConcurrency(Workflows: 1));
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        var turn = await worker.TurnAsync("a");
        await engine.StartInstanceAsync("b");
        await engine.App.PurgeAsync("a", recursive: true, force: true, CancellationToken.None);

        await (await worker.TurnAsync("b")).AnswerAsync(Actions.Complete(0));
        await turn.AnswerAsync(Actions.Complete(0, "late"));
        Assert.Null(engine.App.Get("a"));
    }

    [Fact]
    public async Task A_limit_that_is_raised_lets_what_waits_go_at_once()
    {
        await using var engine = await EngineFixture.StartAsync();
        engine.Limit(new WorkflowConcurrency(Workflows: 1));
        var worker = engine.Connect();
        await engine.StartInstanceAsync("a");
        await engine.StartInstanceAsync("b");
        await worker.TurnAsync("a");

        engine.Limit(new WorkflowConcurrency());
        await worker.TurnAsync("b");
    }

    // Answers only when as many as allowed are in hand: fewer, and nothing would go on; more, and the check fails.
    private static async Task WorkAsync(ScriptedWorker[] workers, int total, Func<WorkItem, bool> counts, Func<WorkItem, Task> answer)
    {
        var next = workers.Select(worker => worker.NextAsync()).ToArray();
        var inHand = new List<WorkItem>();
        for (var done = 0; done < total;)
        {
            var index = Array.IndexOf(next, await Task.WhenAny(next));
            var item = await next[index];
            next[index] = workers[index].NextAsync();
            if (!counts(item))
            {
                await answer(item);
                continue;
            }

            inHand.Add(item);
            Assert.True(inHand.Count <= Limit, $"{inHand.Count} in hand");
            if (inHand.Count == Limit)
            {
                Assert.DoesNotContain(next, waiting => waiting.IsCompletedSuccessfully && counts(waiting.Result));
                await Task.WhenAll(inHand.Select(answer));
                done += inHand.Count;
                inHand.Clear();
            }
        }
    }
}
