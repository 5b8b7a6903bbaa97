using System.Diagnostics;
using Dapr.Workflow;
using Dapr.Workflow.Registration;
using DaprShop.Benchmarks.Load;
using DaprShop.Benchmarks.Roles;

namespace DaprShop.Benchmarks;

/// <summary>20,000 timers of 1,000 workflows that are due within one second.</summary>
internal static class TimerBenchmark
{
    private const int Workflows = 1000;
    private const int TimersEach = 20;

    public static async Task RunAsync()
    {
        await using var sidecar = await SidecarRole.StartAsync(new SidecarApp("app"));
        await using var worker = await RoleProcess.StartAsync(WorkerRole.Name, sidecar.Sidecars[0].GrpcEndpoint);
        await using var client = new DaprWorkflowClientBuilder().UseGrpcEndpoint(sidecar.Sidecars[0].GrpcEndpoint).Build();
        await RunAsync(client, "warm-up", 50, TimeSpan.FromSeconds(1));

        var table = new ResultTable("20,000 timers due within 1 s", "s");
        var (scheduled, fired) = await RunAsync(client, "timed", Workflows, TimeSpan.FromSeconds(8));
        table.Add("workflows scheduled", scheduled.TotalSeconds);
        table.Add("all fired, since the first was due", fired.TotalSeconds);
        table.Print("timers");
    }

    private static async Task<(TimeSpan Scheduled, TimeSpan Fired)> RunAsync(DaprWorkflowClient client, string run, int workflows, TimeSpan ahead)
    {
        var start = Stopwatch.GetTimestamp();
        var first = DateTime.UtcNow + ahead;
        var ids = Enumerable.Range(0, workflows).Select(n => $"{run}-{n}").ToArray();
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 50 }, async (id, _) =>
            await client.ScheduleNewWorkflowAsync("Timers", id, new TimerPlan(first, TimersEach)));
        var scheduled = Stopwatch.GetElapsedTime(start);
        await Task.WhenAll(ids.Select(id => client.WaitForWorkflowCompletionAsync(id)));
        return (scheduled, Stopwatch.GetElapsedTime(start) - ahead);
    }
}
