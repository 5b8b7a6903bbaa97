using Dapr.Workflow;
using DaprShop.Sidecar;
using DaprShop.Sidecar.Resources;
using DaprShop.Workflow.Tests.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace DaprShop.Workflow.Tests.EndToEnd;

public sealed class ConfiguredLimitsTests
{
    private const int Limit = 2;
    private const int Activities = 12;
    private readonly Lock _gate = new();
    private TaskCompletionSource _pair = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DaprWorkflowClient? _client;
    private int _waiting;
    private int _running;
    private int _most;

    [Fact]
    public async Task Two_apps_processes_together_run_no_more_activities_than_the_configuration_allows()
    {
        var resources = new ResourceSet { Configuration = new ConfigurationSpec { WorkflowConcurrency = new WorkflowConcurrency(Activities: Limit) } };
        await using var dapr = await EmbeddedDapr.StartAsync(new EmbeddedDaprOptions
        {
            Apps = [new EmbeddedApp(new SidecarOptions { AppId = "orders", ApiToken = null }, resources)],
        });
        using var one = await WorkerHost.StartAsync(dapr.Sidecars[0].GrpcPort, Register);
        using var other = await WorkerHost.StartAsync(dapr.Sidecars[0].GrpcPort, Register);
        _client = one.Services.GetRequiredService<DaprWorkflowClient>();

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var id = await _client.ScheduleNewWorkflowAsync("FanOut");
        var end = await _client.WaitForWorkflowCompletionAsync(id, cancellation: limit.Token);

        Assert.Equal((WorkflowRuntimeStatus.Completed, Limit), (end.RuntimeStatus, _most));
        await other.StopAsync();
        await one.StopAsync();
    }

    private void Register(WorkflowRuntimeOptions options)
    {
        options.RegisterWorkflow<int, int>("FanOut", async (context, _) =>
            (await Task.WhenAll(Enumerable.Range(0, Activities).Select(i => context.CallActivityAsync<int>("Pair", i)))).Sum());
        options.RegisterActivity<int, int>("Pair", async (context, i) =>
        {
            await WithAnotherAsync(context.InstanceId);
            return i;
        });
    }

    // Ends when a second one runs, so that nothing would end if the limit were lower.
    private async Task WithAnotherAsync(string instanceId)
    {
        TaskCompletionSource pair;
        bool isSecond;
        lock (_gate)
        {
            _most = Math.Max(_most, ++_running);
            pair = _pair;
            if (isSecond = ++_waiting == Limit)
            {
                (_pair, _waiting) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), 0);
            }
        }

        if (isSecond)
        {
            // A third one that should not be there has had its time to come when the sidecar has answered.
            await _client!.GetWorkflowStateAsync(instanceId);
            pair.SetResult();
        }

        await pair.Task;
        lock (_gate)
        {
            _running--;
        }
    }
}
