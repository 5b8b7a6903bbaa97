using System.Threading.Channels;
using Dapr.Workflow;
using Dapr.Workflow.Registration;
using DaprShop.Sidecar;
using DaprShop.Sidecar.Resources;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DaprShop.Workflow.Tests.Worker;

public sealed class WorkerRestartTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("workflow-restart-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Instances_outlive_a_restart_of_the_sidecar_and_the_worker_finds_it_again()
    {
        var dapr = await StartSidecarAsync(new SidecarOptions { AppId = "orders" });
        var ports = dapr.Sidecars[0];
        using var host = await WorkerHost.StartAsync(ports.GrpcPort, Register);
        var client = host.Services.GetRequiredService<DaprWorkflowClient>();
        await client.ScheduleNewWorkflowAsync("Approve", "order-1", 20);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var end = client.WaitForWorkflowCompletionAsync("order-1", cancellation: limit.Token);
        await dapr.DisposeAsync();

        await using var again = await StartSidecarAsync(
            new SidecarOptions { AppId = "orders", HttpPort = ports.HttpPort, GrpcPort = ports.GrpcPort });

        // By a connection of its own: the host's may still be in its pause after a failed attempt, when a call is refused at once.
        await using var caller = new DaprWorkflowClientBuilder().UseGrpcEndpoint(again.Sidecars[0].GrpcEndpoint.ToString()).Build();
        await caller.RaiseEventAsync("order-1", "approved", 2, limit.Token);
        Assert.Equal(42, (await end).ReadOutputAs<int>());
        await host.StopAsync();
    }

    [Fact]
    public async Task Vector_34_An_activity_that_ran_while_its_worker_was_stopped_is_given_to_the_next_worker_under_the_same_key()
    {
        await using var dapr = await StartSidecarAsync(new SidecarOptions { AppId = "orders" });
        var keys = Channel.CreateUnbounded<string>();
        var first = await WorkerHost.StartAsync(dapr.Sidecars[0].GrpcPort, options => RegisterStep(options, async (context, _) =>
        {
            await keys.Writer.WriteAsync(context.TaskExecutionKey);
            return await new TaskCompletionSource<int>().Task;
        }));
        var id = await first.Services.GetRequiredService<DaprWorkflowClient>().ScheduleNewWorkflowAsync("OneStep");
        var key = await keys.Reader.ReadAsync();
        await first.Services.GetServices<IHostedService>().Single().StopAsync(new CancellationToken(canceled: true));
        first.Dispose();

        using var second = await WorkerHost.StartAsync(dapr.Sidecars[0].GrpcPort, options => RegisterStep(options, async (context, _) =>
        {
            await keys.Writer.WriteAsync(context.TaskExecutionKey);
            return 1;
        }));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var state = await second.Services.GetRequiredService<DaprWorkflowClient>().WaitForWorkflowCompletionAsync(id, cancellation: limit.Token);
        Assert.Equal((1, key), (state.ReadOutputAs<int>(), await keys.Reader.ReadAsync()));
        await second.StopAsync();
    }

    private static void Register(WorkflowRuntimeOptions options)
    {
        options.RegisterActivity<int, int>("Increment", (_, i) => Task.FromResult(i + 1));
        options.RegisterWorkflow<int, int>("Approve", async (context, i) =>
        {
            i = await context.CallActivityAsync<int>("Increment", i);
            var factor = await context.WaitForExternalEventAsync<int>("approved");
            return i * factor;
        });
    }

    private static void RegisterStep(WorkflowRuntimeOptions options, Func<WorkflowActivityContext, int, Task<int>> step)
    {
        options.RegisterActivity("Step", step);
        options.RegisterWorkflow<int, int>("OneStep", (context, _) => context.CallActivityAsync<int>("Step"));
    }

    private Task<EmbeddedDapr> StartSidecarAsync(SidecarOptions options) => EmbeddedDapr.StartAsync(new EmbeddedDaprOptions
    {
        Apps = [new EmbeddedApp(options with { ApiToken = null }, new ResourceSet())],
        DatabasePath = Path.Combine(_directory.FullName, "dapr.db"),
    });
}
