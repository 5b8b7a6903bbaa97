using DaprShop.Benchmarks;
using DaprShop.Benchmarks.Roles;

Dictionary<string, Func<Task>> benchmarks = new()
{
    ["invoke"] = InvokeBenchmark.RunAsync,
    ["state"] = StateBenchmark.RunAsync,
    ["pubsub"] = PubSubBenchmark.RunAsync,
    ["workflow"] = WorkflowBenchmark.RunAsync,
    ["timers"] = TimerBenchmark.RunAsync,
    ["memory"] = MemoryBenchmark.RunAsync,
    ["search"] = SearchBenchmark.RunAsync,
    ["reads"] = ReadsBenchmark.RunAsync,
};

switch (args)
{
    case [RoleProcess.Switch, SidecarRole.Name, var settings]:
        await SidecarRole.RunAsync(settings);
        return 0;
    case [RoleProcess.Switch, AppRole.Name, _]:
        await AppRole.RunAsync();
        return 0;
    case [RoleProcess.Switch, WorkerRole.Name, var grpcEndpoint]:
        await WorkerRole.RunAsync(grpcEndpoint);
        return 0;
    case ["all"]:
        foreach (var (_, benchmark) in benchmarks.Where(benchmark => benchmark.Key != "reads"))
        {
            await benchmark();
        }

        return 0;
    case [var name] when benchmarks.TryGetValue(name, out var chosen):
        await chosen();
        return 0;
    default:
        await Console.Error.WriteLineAsync($"Name one of: {string.Join(", ", benchmarks.Keys)}, all");
        return 2;
}
