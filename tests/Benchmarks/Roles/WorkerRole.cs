using Dapr.Workflow;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace DaprShop.Benchmarks.Roles;

/// <summary>A workflow worker: five no-op activities in series, or timers that are due at moments within one second.</summary>
internal static class WorkerRole
{
    public const string Name = "worker";

    public static async Task RunAsync(string grpcEndpoint)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("DAPR_GRPC_ENDPOINT", grpcEndpoint)]);
        builder.Services.AddDaprWorkflow(options =>
        {
            options.RegisterWorkflow<int, int>("FiveSteps", FiveStepsAsync);
            options.RegisterWorkflow<TimerPlan, DateTime>("Timers", TimersAsync);
            options.RegisterActivity<int, int>("Nothing", (_, number) => Task.FromResult(number));
        });
        using var host = builder.Build();
        await host.StartAsync();
        await RoleProcess.ServeAsync("ready");
        await host.StopAsync();
    }

    private static async Task<int> FiveStepsAsync(WorkflowContext context, int number)
    {
        for (var step = 0; step < 5; step++)
        {
            number = await context.CallActivityAsync<int>("Nothing", number);
        }

        return number;
    }

    private static async Task<DateTime> TimersAsync(WorkflowContext context, TimerPlan plan)
    {
        await Task.WhenAll(Enumerable.Range(0, plan.Timers).Select(n => context.CreateTimer(plan.First.AddMilliseconds(1000.0 * n / plan.Timers), default)));
        return context.CurrentUtcDateTime;
    }
}

/// <summary>Timers spread evenly over the second that starts at <paramref name="First"/>.</summary>
internal sealed record TimerPlan(DateTime First, int Timers);
