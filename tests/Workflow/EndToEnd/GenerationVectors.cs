using System.Collections.Concurrent;
using Dapr.Workflow;

namespace DaprShop.Workflow.Tests.EndToEnd;

public sealed class GenerationVectors
{
    [Fact]
    public async Task Vector_27_Thirty_generations_each_with_ids_of_its_own()
    {
        var ids = new ConcurrentBag<Guid>();
        await using var it = await Together.StartAsync<int, int>((context, count) =>
        {
            ids.Add(context.NewGuid());
            if (count < 30)
            {
                context.ContinueAsNew(count + 1);
            }

            return Task.FromResult(count);
        });

        Assert.Equal(30, (await it.RunAsync(0)).ReadOutputAs<int>());
        Assert.Equal("WS ES EC(Completed)", it.History());
        Assert.Equal((31, 31), (ids.Count, ids.Distinct().Count()));
    }

    [Fact]
    public async Task Vector_28_Events_raised_at_once_are_taken_one_a_generation_in_order()
    {
        await using var it = await Together.StartAsync<int[], int[]>(async (context, before) =>
        {
            int[] values = [.. before, await context.WaitForExternalEventAsync<int>("next")];
            if (values.Length < 5)
            {
                context.ContinueAsNew(values);
            }

            return values;
        });
        await it.StartAsync(Array.Empty<int>(), at: it.Clock.GetUtcNow().AddSeconds(1));
        for (var i = 0; i < 5; i++)
        {
            await it.Client.RaiseEventAsync("a", "NEXT", i);
        }

        it.Clock.Advance(TimeSpan.FromSeconds(1));
        var end = await it.EndAsync();
        Assert.Equal([0, 1, 2, 3, 4], end.ReadOutputAs<int[]>()!);
    }

    [Fact]
    public async Task Vector_29_A_timer_of_an_ended_generation_is_never_seen_by_the_next()
    {
        await using var it = await Together.StartAsync<int, double>(async (context, generation) =>
        {
            if (generation == 1)
            {
                _ = context.CreateTimer(TimeSpan.FromSeconds(1));
                await context.WaitForExternalEventAsync<int>("next");
                context.ContinueAsNew(2);
                return 0;
            }

            var begin = context.CurrentUtcDateTime;
            await context.CreateTimer(TimeSpan.FromSeconds(5));
            return (context.CurrentUtcDateTime - begin).TotalSeconds;
        });
        await it.StartAsync(1);
        var first = it.Events()[1].ExecutionStarted.WorkflowInstance.ExecutionId;
        await it.Client.RaiseEventAsync("a", "next", 0);
        await it.HasHappenedAsync("WS ES TMC#0");
        while (it.Events() is not [_, { ExecutionStarted: { } started }, { TimerCreated: not null }] || started.WorkflowInstance.ExecutionId == first)
        {
            await Task.Delay(2);
        }

        it.Clock.Advance(TimeSpan.FromSeconds(2));
        await it.SettleAsync();
        Assert.Equal("WS ES TMC#0", it.History());
        it.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(5, (await it.EndAsync()).ReadOutputAs<double>());
    }

    [Fact]
    public async Task Vector_30_Results_for_an_ended_generation_never_reach_the_next()
    {
        var (old, current) = (new Hold(), new Hold());
        await using var it = await Together.StartAsync(options =>
        {
            options.RegisterWorkflow<string, string>(Together.Flow, async (context, generation) =>
            {
                var activity = context.CallActivityAsync<string>("Hold", generation);
                var child = context.CallChildWorkflowAsync<string>("Child", generation, new ChildWorkflowTaskOptions($"child-{generation}"));
                if (generation == "old")
                {
                    await context.WaitForExternalEventAsync<int>("next");
                    context.ContinueAsNew("new");
                    return "";
                }

                return $"{await activity} {await child}";
            });
            options.RegisterWorkflow<string, string>("Child", async (context, generation) =>
                $"{generation}/{await context.WaitForExternalEventAsync<string>("end")}");
            options.RegisterActivity<string, string>("Hold", (_, generation) => (generation == "old" ? old : current).PassAsync(generation));
        });
        await it.StartAsync("old");
        await old.Begun;
        await it.Client.RaiseEventAsync("a", "next", 0);
        await current.Begun;
        old.Release();
        await it.Client.RaiseEventAsync("child-old", "end", "late");
        await it.EndAsync("child-old");
        await it.Client.WaitForWorkflowStartAsync("child-new");
        await it.SettleAsync();
        Assert.Equal("WS ES TS#0 CC#1", it.History());

        current.Release();
        await it.Client.RaiseEventAsync("child-new", "end", "right");
        Assert.Equal("new new/right", (await it.EndAsync()).ReadOutputAs<string>());
    }
}
