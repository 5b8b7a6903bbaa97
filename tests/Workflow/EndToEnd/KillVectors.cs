using System.Collections.Concurrent;
using Dapr.Workflow;

namespace DaprShop.Workflow.Tests.EndToEnd;

public sealed class KillVectors
{
    [Fact]
    public async Task Vector_60_Kills_of_sidecar_and_worker_lose_no_step_and_repeat_no_effect()
    {
        const int instances = 200;
        const int steps = 20;
        var calls = new ConcurrentDictionary<string, int>();
        var effects = new ConcurrentDictionary<string, int>();
        var random = new Random(60);
        await using var it = await Together.StartAsync(options =>
        {
            options.RegisterWorkflow<int, int>(Together.Flow, async (context, _) =>
            {
                var sum = 0;
                for (var step = 1; step <= steps; step++)
                {
                    sum += await context.CallActivityAsync<int>("Step", step);
                }

                return sum;
            });
            options.RegisterActivity<int, int>("Step", (context, step) =>
            {
                calls.AddOrUpdate($"{context.InstanceId}/{step}", 1, (_, times) => times + 1);
                return Task.FromResult(effects.GetOrAdd(context.TaskExecutionKey, step));
            });
        });
        await Task.WhenAll(Enumerable.Range(0, instances).Select(i => it.StartAsync(id: $"{i}")));
        for (var kill = 0; kill < 20; kill++)
        {
            // Somewhere on the way to the next twentieth of the work.
            var wanted = (int)((kill + random.NextDouble()) * instances * steps / 20);
            while (calls.Count < wanted)
            {
                await Task.Delay(1);
            }

            if (kill % 2 == 0)
            {
                await it.KillSidecarAsync();
            }
            else
            {
                await it.KillWorkerAsync();
                await it.StartWorkerAsync();
            }
        }

        var ends = await Task.WhenAll(Enumerable.Range(0, instances).Select(i => it.EndAsync($"{i}")));
        Assert.All(ends, end => Assert.Equal((WorkflowRuntimeStatus.Completed, steps * (steps + 1) / 2), (end.RuntimeStatus, end.ReadOutputAs<int>())));
        Assert.Equal(instances * steps, calls.Count);
        Assert.Equal(instances * steps, effects.Count);
    }
}
