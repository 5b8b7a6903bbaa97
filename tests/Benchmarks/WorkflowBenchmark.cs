using System.Diagnostics;
using Dapr.Workflow;
using Dapr.Workflow.Registration;
using DaprShop.Benchmarks.Load;
using DaprShop.Benchmarks.Roles;

namespace DaprShop.Benchmarks;

/// <summary>Workflows of five no-op activities in series, 30 in flight, ten runs on one engine; the worker is a process of its own.</summary>
internal static class WorkflowBenchmark
{
    private const int InFlight = 30;
    private const int PerRun = 900;

    public static async Task RunAsync()
    {
        await using var sidecar = await SidecarRole.StartAsync(new SidecarApp("app"));
        await using var worker = await RoleProcess.StartAsync(WorkerRole.Name, sidecar.Sidecars[0].GrpcEndpoint);
        await using var client = new DaprWorkflowClientBuilder().UseGrpcEndpoint(sidecar.Sidecars[0].GrpcEndpoint).Build();
        await MeasureAsync(client, "warm-up", sidecar);

        var table = new ResultTable("run", "workflows/s", "median ms", "p95 ms", "engine CPU ms", "worker CPU ms");
        for (var run = 1; run <= 10; run++)
        {
            var workerCpu = worker.CpuTime;
            var measured = await MeasureAsync(client, $"run{run}", sidecar);
            table.Add(
                run,
                measured.PerSecond,
                measured.Percentile(0.5),
                measured.Percentile(0.95),
                measured.CpuMilliseconds,
                (worker.CpuTime - workerCpu).TotalMilliseconds / PerRun);
        }

        table.Print("workflow");
    }

    private static async Task<Measurement> MeasureAsync(DaprWorkflowClient client, string run, SidecarProcess sidecar)
    {
        var latencies = new double[PerRun];
        var next = -1;
        var cpu = sidecar.Process.CpuTime;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(async _ =>
        {
            int number;
            while ((number = Interlocked.Increment(ref next)) < PerRun)
            {
                var scheduled = Stopwatch.GetTimestamp();
                var id = await client.ScheduleNewWorkflowAsync("FiveSteps", $"{run}-{number}", number);
                var state = await client.WaitForWorkflowCompletionAsync(id);
                if (state.ReadOutputAs<int>() != number)
                {
                    throw new InvalidOperationException($"{id} ended as {state.RuntimeStatus}.");
                }

                latencies[number] = Stopwatch.GetElapsedTime(scheduled).TotalMilliseconds;
            }
        }));
        return new Measurement(latencies, Stopwatch.GetElapsedTime(start), sidecar.Process.CpuTime - cpu);
    }
}
