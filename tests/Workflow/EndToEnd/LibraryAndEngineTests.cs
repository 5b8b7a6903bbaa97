using System.Collections.Concurrent;
using Dapr.Workflow;
using DaprShop.Sidecar;
using DaprShop.Sidecar.Resources;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DaprShop.Workflow.Tests.EndToEnd;

/// <summary>The workflow library against the embedded engine, over gRPC, as a service uses them.</summary>
public sealed class LibraryAndEngineTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("workflow-e2e-");
    private readonly ConcurrentDictionary<string, int> _runs = new();
    private EmbeddedDapr _dapr = null!;
    private IHost _app = null!;

    private DaprWorkflowClient Client => _app.Services.GetRequiredService<DaprWorkflowClient>();

    public async Task InitializeAsync()
    {
        await StartSidecarAsync(grpcPort: 0);
        _app = await StartAppAsync();
    }

    public async Task DisposeAsync()
    {
        await StopAppAsync();
        await _dapr.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_saga_waits_for_approval_runs_its_steps_and_compensates()
    {
        await Client.ScheduleNewWorkflowAsync("Saga", "good", "good");
        await Client.RaiseEventAsync("good", "APPROVED", true);
        var good = await EndAsync("good");
        Assert.Equal((WorkflowRuntimeStatus.Completed, "reserve,charge,ship"), (good.RuntimeStatus, good.ReadOutputAs<string>()));
        Assert.Equal("shipped", good.ReadCustomStatusAs<string>());

        await Client.ScheduleNewWorkflowAsync("Saga", "bad", "declined");
        await Client.RaiseEventAsync("bad", "approved", true);
        Assert.Equal("reserve,release", (await EndAsync("bad")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Timers_children_and_generations_work_together()
    {
        await Client.ScheduleNewWorkflowAsync("Counting", "count", 0);
        Assert.Equal(5, (await EndAsync("count")).ReadOutputAs<int>());

        await Client.ScheduleNewWorkflowAsync("Parent", "parent", 3);
        Assert.Equal(6, (await EndAsync("parent")).ReadOutputAs<int>());
        Assert.True(await Client.PurgeInstanceAsync("parent"));
        Assert.False((await Client.GetWorkflowStateAsync("parent")).Exists);
    }

    [Fact]
    public async Task A_suspended_workflow_can_be_resumed_or_terminated()
    {
        foreach (var id in (string[])["resumed", "terminated"])
        {
            await Client.ScheduleNewWorkflowAsync("Saga", id, "good");
            await Client.SuspendWorkflowAsync(id);
            Assert.Equal(WorkflowRuntimeStatus.Suspended, (await Client.GetWorkflowStateAsync(id)).RuntimeStatus);
            await Client.RaiseEventAsync(id, "approved", true);
        }

        await Client.ResumeWorkflowAsync("resumed");
        Assert.Equal(WorkflowRuntimeStatus.Completed, (await EndAsync("resumed")).RuntimeStatus);
        await Client.TerminateWorkflowAsync("terminated", "enough");
        var terminated = await EndAsync("terminated");
        Assert.Equal((WorkflowRuntimeStatus.Terminated, "enough"), (terminated.RuntimeStatus, terminated.ReadOutputAs<string>()));
    }

    [Fact]
    public async Task Restarts_of_sidecar_and_app_lose_nothing_and_repeat_no_finished_step()
    {
        var ids = Enumerable.Range(0, 30).Select(i => $"order-{i}").ToArray();
        await Task.WhenAll(ids.Select(id => Client.ScheduleNewWorkflowAsync("Chain", id, 10)));
        for (var i = 0; i < 3; i++)
        {
            await StopAppAsync();
            var port = _dapr.Sidecars[0].GrpcPort;
            await _dapr.DisposeAsync();
            await StartSidecarAsync(port);
            _app = await StartAppAsync();
        }

        foreach (var id in ids)
        {
            Assert.Equal(45, (await EndAsync(id)).ReadOutputAs<int>());
        }

        // A step may run twice if the answer was lost with the sidecar, but every one ran.
        Assert.Equal(ids.Length * 10, _runs.Count);
    }

    private Task<WorkflowState> EndAsync(string id) => Client.WaitForWorkflowCompletionAsync(id).WaitAsync(Patience);

    private async Task StartSidecarAsync(int grpcPort) => _dapr = await EmbeddedDapr.StartAsync(new EmbeddedDaprOptions
    {
        DatabasePath = Path.Combine(_directory.FullName, "dapr.db"),
        Apps = [new EmbeddedApp(new SidecarOptions { AppId = "orders", GrpcPort = grpcPort, ApiToken = null }, new ResourceSet())],
    });

    private async Task<IHost> StartAppAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("DAPR_GRPC_ENDPOINT", _dapr.Sidecars[0].GrpcEndpoint.ToString())]);
        builder.Services.AddDaprWorkflow(options =>
        {
            options.RegisterWorkflow<string, string>("Saga", SagaAsync);
            options.RegisterWorkflow<int, int>("Counting", CountAsync);
            options.RegisterWorkflow<int, int>("Parent", ParentAsync);
            options.RegisterWorkflow<int, int>("Child", async (context, n) =>
            {
                await context.CreateTimer(TimeSpan.FromMilliseconds(20));
                return n * 2;
            });
            options.RegisterWorkflow<int, int>("Chain", ChainAsync);
            options.RegisterActivity<string, string>("Step", (_, step) =>
                step == "charge:declined" ? throw new InvalidOperationException("declined") : Task.FromResult(step.Split(':')[0]));
            options.RegisterActivity<int, int>("Count", (context, n) =>
            {
                _runs.AddOrUpdate($"{context.InstanceId}/{n}", 1, (_, runs) => runs + 1);
                return Task.FromResult(n);
            });
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private async Task StopAppAsync()
    {
        await _app.StopAsync();
        _app.Dispose();
    }

    private static async Task<string> SagaAsync(WorkflowContext context, string card)
    {
        await context.WaitForExternalEventAsync<bool>("approved", TimeSpan.FromMinutes(1));
        List<string> done = [await context.CallActivityAsync<string>("Step", $"reserve:{card}")];
        try
        {
            done.Add(await context.CallActivityAsync<string>("Step", $"charge:{card}"));
            done.Add(await context.CallActivityAsync<string>("Step", $"ship:{card}"));
            context.SetCustomStatus("shipped");
        }
        catch (WorkflowTaskFailedException)
        {
            done.Add(await context.CallActivityAsync<string>("Step", $"release:{card}"));
        }

        return string.Join(',', done);
    }

    private static async Task<int> CountAsync(WorkflowContext context, int n)
    {
        await context.CreateTimer(TimeSpan.FromMilliseconds(10));
        if (n < 5)
        {
            context.ContinueAsNew(n + 1);
        }

        return n;
    }

    private static async Task<int> ParentAsync(WorkflowContext context, int children) =>
        (await Task.WhenAll(Enumerable.Range(0, children).Select(n => context.CallChildWorkflowAsync<int>("Child", n)))).Sum();

    private static async Task<int> ChainAsync(WorkflowContext context, int steps)
    {
        var sum = 0;
        for (var i = 0; i < steps; i++)
        {
            sum += await context.CallActivityAsync<int>("Count", i);
        }

        return sum;
    }
}
