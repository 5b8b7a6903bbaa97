using System.Collections.Concurrent;
using Dapr.Workflow;
using Dapr.Workflow.Client;
using DaprShop.Sidecar;
using DaprShop.Sidecar.Resources;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DaprShop.Workflow.Tests.Worker;

/// <summary>Worker, client and the embedded engine together, through gRPC.</summary>
public sealed class EndToEndTests : IAsyncLifetime
{
    private static readonly ConcurrentDictionary<string, int> s_attempts = new();

    private EmbeddedDapr _dapr = null!;
    private IHost _host = null!;
    private DaprWorkflowClient _client = null!;

    public async Task InitializeAsync()
    {
        _dapr = await EmbeddedDapr.StartAsync(new EmbeddedDaprOptions
        {
            Apps = [new EmbeddedApp(new SidecarOptions { AppId = "orders", ApiToken = null }, new ResourceSet())],
        });
        _host = await WorkerHost.StartAsync(_dapr.Sidecars[0].GrpcPort, Register);
        _client = _host.Services.GetRequiredService<DaprWorkflowClient>();
    }

    public async Task DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _dapr.DisposeAsync();
    }

    [Fact]
    public async Task Vector_03_Activities_in_a_row()
    {
        var state = await RunAsync("Chain", 1);

        Assert.Equal((WorkflowRuntimeStatus.Completed, 8), (state.RuntimeStatus, state.ReadOutputAs<int>()));
        Assert.Equal((1, "\"doubled\""), (state.ReadInputAs<int>(), $"\"{state.ReadCustomStatusAs<string>()}\""));
    }

    [Fact]
    public async Task Vector_04_A_fan_out_over_a_thousand_activities()
    {
        var state = await RunAsync("FanOut", 1000);

        Assert.Equal(2 * Enumerable.Range(0, 1000).Sum(), state.ReadOutputAs<int>());
    }

    [Fact]
    public async Task Vector_06_An_uncaught_failure_of_an_activity()
    {
        var state = await RunAsync("Chain", -1);

        Assert.Equal(WorkflowRuntimeStatus.Failed, state.RuntimeStatus);
        Assert.Equal("Dapr.Workflow.WorkflowTaskFailedException: Task failed: negative", state.FailureDetails!.ToString());
        Assert.True(state.FailureDetails.IsCausedBy<WorkflowTaskFailedException>());
    }

    [Fact]
    public async Task Vector_08_Retries_with_durable_timers()
    {
        var id = $"retry-{Guid.NewGuid():N}";
        var state = await RunAsync("Retry", 3, id);

        Assert.Equal((WorkflowRuntimeStatus.Completed, 3), (state.RuntimeStatus, state.ReadOutputAs<int>()));
    }

    [Fact]
    public async Task Vector_12_An_unknown_workflow()
    {
        var state = await RunAsync("Nobody", 1);

        Assert.Equal(("WorkflowNotFound", WorkflowRuntimeStatus.Failed), (state.FailureDetails!.ErrorType, state.RuntimeStatus));
    }

    [Fact]
    public async Task Vector_15_A_timer_never_fires_early()
    {
        var state = await RunAsync("Sleep", 300);

        Assert.True(state.ReadOutputAs<double>() >= 300);
    }

    [Fact]
    public async Task Vector_18_and_28_Events_are_taken_one_a_generation_in_order()
    {
        var id = await _client.ScheduleNewWorkflowAsync("Collect", null, new Collected([]));
        for (var i = 0; i < 5; i++)
        {
            await _client.RaiseEventAsync(id, "NEXT", i);
        }

        var state = await EndOf(id);
        Assert.Equal([0, 1, 2, 3, 4], state.ReadOutputAs<int[]>()!);
    }

    [Fact]
    public async Task Vector_24_A_wait_that_times_out()
    {
        var state = await RunAsync("Impatient", 100);

        Assert.Equal("timed out", state.ReadOutputAs<string>());
    }

    [Fact]
    public async Task Vector_27_Thirty_generations()
    {
        var state = await RunAsync("Count", 0);

        Assert.Equal(30, state.ReadOutputAs<int>());
    }

    [Fact]
    public async Task Vector_39_and_40_Termination_takes_the_children_along()
    {
        var id = await _client.ScheduleNewWorkflowAsync("Parent", $"parent-{Guid.NewGuid():N}", "Wait");
        await _client.WaitForWorkflowStartAsync(id);
        await _client.WaitForWorkflowStartAsync($"{id}-child");
        await _client.TerminateWorkflowAsync(id, "stop");

        var state = await EndOf(id);
        Assert.Equal((WorkflowRuntimeStatus.Terminated, "stop"), (state.RuntimeStatus, state.ReadOutputAs<string>()));
        Assert.Equal(WorkflowRuntimeStatus.Terminated, (await EndOf($"{id}-child")).RuntimeStatus);
    }

    [Fact]
    public async Task Vector_42_Suspend_and_resume()
    {
        var id = await _client.ScheduleNewWorkflowAsync("Wait", null, 0);
        await _client.SuspendWorkflowAsync(id, "pause");
        await _client.RaiseEventAsync(id, "go", "now");
        Assert.Equal(WorkflowRuntimeStatus.Suspended, (await _client.GetWorkflowStateAsync(id)).RuntimeStatus);

        await _client.ResumeWorkflowAsync(id);
        Assert.Equal("now", (await EndOf(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Vector_45_A_child_returns_to_its_parent()
    {
        var state = await RunAsync("Parent", "Chain", $"parent-{Guid.NewGuid():N}");

        Assert.Equal(8, state.ReadOutputAs<int>());
    }

    [Fact]
    public async Task Vector_48_An_id_in_use_is_refused_and_one_that_has_ended_runs_anew()
    {
        var id = await _client.ScheduleNewWorkflowAsync("Wait", null, 0);
        var refused = await Assert.ThrowsAsync<RpcException>(() => _client.ScheduleNewWorkflowAsync("Wait", id, 0));
        Assert.Contains($"an active workflow with ID '{id}'", refused.Status.Detail, StringComparison.Ordinal);

        await _client.RaiseEventAsync(id, "go", "first");
        await EndOf(id);
        Assert.Equal(id, await _client.ScheduleNewWorkflowAsync("Chain", id, 1));
        Assert.Equal(8, (await EndOf(id)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Vector_50_Purge_deletes_what_has_ended()
    {
        var id = (await RunWithIdAsync("Chain", 1)).Id;

        Assert.NotEmpty(await _client.GetInstanceHistoryAsync(id));
        Assert.Contains(id, (await _client.ListInstanceIdsAsync()).InstanceIds);
        Assert.True(await _client.PurgeInstanceAsync(id));
        Assert.False((await _client.GetWorkflowStateAsync(id)).Exists);
    }

    [Fact]
    public async Task The_history_tells_each_attempt_with_its_name_result_or_failure()
    {
        var (id, state) = await RunWithIdAsync("Retry", 2);
        Assert.Equal(2, state.ReadOutputAs<int>());
        var history = await _client.GetInstanceHistoryAsync(id);

        var attempts = history.Where(e => e is { EventType: WorkflowHistoryEventType.TaskScheduled, Name: "SucceedAt", Data: "2" }).ToList();
        Assert.Equal(2, attempts.Count);
        var failed = history.Single(e => e.EventType == WorkflowHistoryEventType.TaskFailed);
        Assert.Equal((attempts[0].EventId, "not yet"), (failed.ScheduledId, failed.FailureDetails!.ErrorMessage));
        var completed = history.Single(e => e.EventType == WorkflowHistoryEventType.TaskCompleted);
        Assert.Equal((attempts[1].EventId, "2"), (completed.ScheduledId, completed.Data));
        Assert.Equal(("Retry", "2"), (history[1].Name, history[1].Data));
    }

    private static void Register(WorkflowRuntimeOptions options)
    {
        options.RegisterActivity<int, int>("Double", (_, i) => i >= 0 ? Task.FromResult(2 * i) : throw new ArgumentException("negative"));
        options.RegisterActivity<int, int>("SucceedAt", (context, wanted) =>
        {
            var attempt = s_attempts.AddOrUpdate(context.InstanceId, 1, (_, attempts) => attempts + 1);
            return attempt == wanted ? Task.FromResult(attempt) : throw new TimeoutException("not yet");
        });

        options.RegisterWorkflow<int, int>("Chain", async (context, i) =>
        {
            for (var step = 0; step < 3; step++)
            {
                i = await context.CallActivityAsync<int>("Double", i);
                context.SetCustomStatus("doubled");
            }

            return i;
        });
        options.RegisterWorkflow<int, int>("FanOut", async (context, count) =>
            (await Task.WhenAll(Enumerable.Range(0, count).Select(i => context.CallActivityAsync<int>("Double", i)))).Sum());
        options.RegisterWorkflow<int, int>("Retry", (context, wanted) => context.CallActivityAsync<int>(
            "SucceedAt", wanted, new WorkflowTaskOptions(new WorkflowRetryPolicy(5, TimeSpan.FromMilliseconds(20)))));
        options.RegisterWorkflow<int, double>("Sleep", async (context, milliseconds) =>
        {
            var begin = context.CurrentUtcDateTime;
            await context.CreateTimer(TimeSpan.FromMilliseconds(milliseconds));
            return (context.CurrentUtcDateTime - begin).TotalMilliseconds;
        });
        options.RegisterWorkflow<Collected, int[]>("Collect", async (context, soFar) =>
        {
            int[] values = [.. soFar.Values, await context.WaitForExternalEventAsync<int>("next")];
            if (values.Length < 5)
            {
                context.ContinueAsNew(new Collected(values));
            }

            return values;
        });
        options.RegisterWorkflow<int, string>("Impatient", async (context, milliseconds) =>
        {
            try
            {
                return await context.WaitForExternalEventAsync<string>("never", TimeSpan.FromMilliseconds(milliseconds));
            }
            catch (TaskCanceledException)
            {
                return "timed out";
            }
        });
        options.RegisterWorkflow<int, int>("Count", (context, count) =>
        {
            if (count < 30)
            {
                context.ContinueAsNew(count + 1);
            }

            return Task.FromResult(count);
        });
        options.RegisterWorkflow<int, string>("Wait", (context, _) => context.WaitForExternalEventAsync<string>("go"));
        options.RegisterWorkflow<string, object>("Parent", (context, child) =>
            context.CallChildWorkflowAsync<object>(child, 1, new ChildWorkflowTaskOptions($"{context.InstanceId}-child")));
    }

    private async Task<WorkflowState> RunAsync(string workflow, object input, string? id = null) => (await RunWithIdAsync(workflow, input, id)).State;

    private async Task<(string Id, WorkflowState State)> RunWithIdAsync(string workflow, object input, string? id = null)
    {
        id = await _client.ScheduleNewWorkflowAsync(workflow, id, input);
        return (id, await EndOf(id));
    }

    private async Task<WorkflowState> EndOf(string id)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await _client.WaitForWorkflowCompletionAsync(id, cancellation: limit.Token);
    }

    private sealed record Collected(IReadOnlyList<int> Values);
}
