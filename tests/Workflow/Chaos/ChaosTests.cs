using System.Collections.Concurrent;

namespace DaprShop.Workflow.Tests.Chaos;

public sealed class ChaosTests
{
    private const int Seeds = 500;
    private const double Danger = 0.06;

    [Fact]
    public async Task A_kill_between_any_two_messages_changes_nothing_about_how_a_workflow_ends()
    {
        var wrong = new ConcurrentBag<string>();
        var kills = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, Seeds), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (seed, _) =>
        {
            try
            {
                Interlocked.Add(ref kills, await CheckAsync(seed));
            }
            catch (Exception e)
            {
                wrong.Add($"seed {seed}: {e.Message}");
            }
        });

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order().Take(5).Append($"{wrong.Count} of {Seeds} seeds failed")));
        Assert.True(kills > Seeds, $"only {kills} kills");
    }

    [Fact]
    public void The_plans_have_everything_in_them()
    {
        var kinds = Enumerable.Range(0, Seeds).SelectMany(seed => Plan.Random(seed).WithParts().Select(part => part.Kind).Distinct());
        var plansWith = kinds.CountBy(kind => kind).ToDictionary();
        Assert.All(Enum.GetValues<PlanKind>(), kind => Assert.True(plansWith.GetValueOrDefault(kind) > Seeds / 10, $"{kind}: {plansWith.GetValueOrDefault(kind)}"));
    }

    private static async Task<int> CheckAsync(int seed)
    {
        var plan = Plan.Random(seed);
        var calm = await ChaosRun.RunAsync(plan, seed, danger: 0);
        var disturbed = await ChaosRun.RunAsync(plan, seed, Danger);

        Assert.Equal(calm.Output, disturbed.Output);
        Assert.Equal(calm.History, disturbed.History);
        Assert.Equal(calm.Attempts.OrderBy(a => a.Key, StringComparer.Ordinal), disturbed.Attempts.OrderBy(a => a.Key, StringComparer.Ordinal));
        Assert.All(plan.WithParts().Where(p => p.Kind is PlanKind.Activity or PlanKind.Retry or PlanKind.Failure), p => Assert.True(disturbed.Attempts[p.Label] >= 1));
        return disturbed.Kills;
    }
}
