using Dapr.Workflow;
using DaprShop.Sidecar.Workflows;
using DaprShop.Sidecar.Workflows.Protocol;
using DaprShop.Workflow.Tests.Engine;
using Grpc.Core;

namespace DaprShop.Workflow.Tests.EndToEnd;

public sealed class LifecycleVectors
{
    [Fact]
    public async Task Vector_39_Termination_while_an_activity_runs()
    {
        var hold = new Hold();
        await using var it = await Together.StartAsync<int, int>(
            (context, _) => context.CallActivityAsync<int>("Hold"), more => more.RegisterActivity<int, int>("Hold", (_, _) => hold.PassAsync(1)));
        await it.StartAsync();
        await hold.Begun;
        await it.Client.TerminateWorkflowAsync("a", "stop");
        hold.Release();
        await it.SettleAsync();

        var end = await it.EndAsync();
        Assert.Equal((WorkflowRuntimeStatus.Terminated, "stop"), (end.RuntimeStatus, end.ReadOutputAs<string>()));
        Assert.Equal("WS ES TS#0 WS TERM EC(Terminated)", it.History());
    }

    [Fact]
    public async Task Vector_42_A_suspended_workflow_does_nothing_and_takes_all_events_in_order_when_it_is_resumed()
    {
        await using var it = await Together.StartAsync<int, int[]>(async (context, count) =>
        {
            List<int> values = [];
            while (values.Count < count)
            {
                context.SetCustomStatus(values.Count);
                values.Add(await context.WaitForExternalEventAsync<int>("item"));
            }

            return [.. values];
        });
        await it.StartAsync(10);
        await it.Client.SuspendWorkflowAsync("a", "pause");
        for (var i = 0; i < 10; i++)
        {
            await it.Client.RaiseEventAsync("a", "item", i);
        }

        it.Clock.Advance(TimeSpan.FromSeconds(3));
        await it.SettleAsync();
        var suspended = await it.Client.GetWorkflowStateAsync("a");
        Assert.Equal((WorkflowRuntimeStatus.Suspended, 0), (suspended.RuntimeStatus, suspended.ReadCustomStatusAs<int>()));

        await it.Client.ResumeWorkflowAsync("a");
        Assert.Equal(Enumerable.Range(0, 10), (await it.EndAsync()).ReadOutputAs<int[]>()!);
    }

    [Fact]
    public async Task Vector_43_A_timer_that_fires_during_a_suspension_counts_after_it_and_termination_counts_at_once()
    {
        await using var it = await Together.StartAsync<int, double>(async (context, seconds) =>
        {
            var begin = context.CurrentUtcDateTime;
            await context.CreateTimer(TimeSpan.FromSeconds(seconds));
            return (context.CurrentUtcDateTime - begin).TotalSeconds;
        });
        await it.StartAsync(8);
        await it.StartAsync(8, id: "terminated");
        it.Clock.Advance(TimeSpan.FromSeconds(1));
        await it.Client.SuspendWorkflowAsync("a");
        await it.Client.SuspendWorkflowAsync("terminated");
        it.Clock.Advance(TimeSpan.FromSeconds(10));
        await it.HasHappenedAsync("TMF(0)");
        Assert.Equal(WorkflowRuntimeStatus.Suspended, (await it.Client.GetWorkflowStateAsync("a")).RuntimeStatus);
        await it.Client.TerminateWorkflowAsync("terminated", "enough");
        await it.Client.ResumeWorkflowAsync("a");

        Assert.True((await it.EndAsync()).ReadOutputAs<double>() >= 8);
        var terminated = await it.EndAsync("terminated");
        Assert.Equal((WorkflowRuntimeStatus.Terminated, "enough"), (terminated.RuntimeStatus, terminated.ReadOutputAs<string>()));
    }

    [Fact]
    public async Task A_workflow_with_a_patch_can_be_suspended_resumed_and_terminated()
    {
        await using var it = await Together.StartAsync<int, string>(async (context, _) =>
        {
            await context.WaitForExternalEventAsync<int>("go");
            return context.IsPatched("new way") ? await context.WaitForExternalEventAsync<string>("end") : "old way";
        });
        await it.StartAsync();
        await it.Client.RaiseEventAsync("a", "go", 0);
        await it.HasHappenedAsync("WS ER(go)");
        await it.Client.SuspendWorkflowAsync("a");
        await it.Client.RaiseEventAsync("a", "unheard", 0);
        await it.Client.ResumeWorkflowAsync("a");
        await it.Client.TerminateWorkflowAsync("a", "enough");

        Assert.Equal(WorkflowRuntimeStatus.Terminated, (await it.EndAsync()).RuntimeStatus);
        Assert.Contains(it.Events(), e => e.WorkflowStarted?.Version?.Patches.Contains("new way") == true);
    }

    [Fact]
    public async Task Vector_44_The_custom_status_is_seen_after_each_turn_and_outlives_a_generation()
    {
        var (secondGeneration, seen) = (new Hold(), new ManualResetEventSlim());
        await using var it = await Together.StartAsync<int, int>(async (context, generation) =>
        {
            if (generation == 2)
            {
                _ = secondGeneration.PassAsync(0);
                seen.Wait(ScriptedWorker.Patience);
                return generation;
            }

            context.SetCustomStatus("one");
            await context.WaitForExternalEventAsync<int>("go");
            context.SetCustomStatus("two");
            await context.WaitForExternalEventAsync<int>("go");
            await context.WaitForExternalEventAsync<int>("go");
            context.ContinueAsNew(2);
            return 0;
        });
        async Task<string?> StatusAsync() => (await it.Client.GetWorkflowStateAsync("a")).ReadCustomStatusAs<string>();

        await it.StartAsync(1);
        Assert.Equal("one", await StatusAsync());
        await it.Client.RaiseEventAsync("a", "go", 0);
        await it.HasHappenedAsync("WS ES WS ER(go)");
        Assert.Equal("two", await StatusAsync());
        await it.Client.RaiseEventAsync("a", "go", 0);
        await it.HasHappenedAsync("WS ES WS ER(go) WS ER(go)");
        Assert.Equal("two", await StatusAsync());
        await it.Client.RaiseEventAsync("a", "go", 0);
        await secondGeneration.Begun;
        Assert.Equal("two", await StatusAsync());
        seen.Set();
        Assert.Equal(2, (await it.EndAsync()).ReadOutputAs<int>());
        Assert.Null(await StatusAsync());
    }

    [Fact]
    public async Task Vector_48_An_id_in_use_is_refused_and_one_that_has_ended_runs_anew()
    {
        await using var it = await Together.StartAsync<string, string>((context, _) => context.WaitForExternalEventAsync<string>("go"));
        await it.StartAsync("first");
        var refused = await Assert.ThrowsAsync<RpcException>(() => it.StartAsync("second"));
        Assert.Equal((StatusCode.AlreadyExists, "an active workflow with ID 'a' already exists"), (refused.StatusCode, refused.Status.Detail));
        await it.Client.RaiseEventAsync("a", "go", "1");
        await it.EndAsync();

        var unique = new CreateInstanceRequest { InstanceId = "a", Name = Together.Flow, EnforceUniqueInstanceId = true };
        Assert.Equal(StatusCode.AlreadyExists, (await Assert.ThrowsAsync<Sidecar.DaprApiException>(() => it.Engine.StartAsync(unique, default))).GrpcStatus);
        await it.StartAsync("third");
        Assert.Equal("WS ES", it.History());
        Assert.Equal("third", (await it.Client.GetWorkflowStateAsync("a")).ReadInputAs<string>());

        var starts = await Task.WhenAll(Enumerable.Range(0, 2).Select(async i =>
        {
            try
            {
                return await it.StartAsync($"{i}", id: "b") == "b";
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.AlreadyExists)
            {
                return false;
            }
        }));
        Assert.Single(starts, started => started);
    }

    [Fact]
    public async Task Vector_49_A_scheduled_start_waits_for_its_time_also_across_a_restart()
    {
        await using var it = await Together.StartAsync<int, DateTime>((context, _) => Task.FromResult(context.CurrentUtcDateTime));
        var due = it.Clock.GetUtcNow().AddSeconds(3);
        await it.StartAsync(at: due);
        it.Clock.Advance(TimeSpan.FromSeconds(1));
        await it.KillSidecarAsync(later: TimeSpan.FromSeconds(1));
        await it.SettleAsync();
        Assert.Equal(WorkflowRuntimeStatus.Pending, (await it.Client.GetWorkflowStateAsync("a")).RuntimeStatus);
        it.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(due.UtcDateTime, (await it.EndAsync()).ReadOutputAs<DateTime>());
    }

    [Fact]
    public async Task Vector_50_Only_what_has_ended_is_purged_and_its_children_with_it()
    {
        await using var it = await Together.StartAsync<int, int>(async (context, children) => children == 0
            ? 0
            : (await Task.WhenAll(Enumerable.Range(0, children).Select(i => context.CallChildWorkflowAsync<int>(
                Together.Flow, 0, new ChildWorkflowTaskOptions($"{context.InstanceId}-{i}"))))).Sum() + await context.WaitForExternalEventAsync<int>("end"));
        await it.StartAsync(3);
        var running = await Assert.ThrowsAsync<RpcException>(() => it.Client.PurgeInstanceAsync("a"));
        Assert.EndsWith("orchestration has not yet completed", running.Status.Detail, StringComparison.Ordinal);
        var missing = await Assert.ThrowsAsync<RpcException>(() => it.Client.PurgeInstanceAsync("nobody"));
        Assert.EndsWith("no such instance exists", missing.Status.Detail, StringComparison.Ordinal);
        await it.Client.RaiseEventAsync("a", "end", 1);
        await it.EndAsync();

        Assert.Equal(4, await it.Engine.PurgeAsync("a", recursive: true, force: false, default));
        foreach (var id in (string[])["a", "a-0", "a-1", "a-2"])
        {
            Assert.False((await it.Client.GetWorkflowStateAsync(id)).Exists);
        }
    }

    [Fact]
    public async Task Vector_51_Large_results_are_fine_up_to_the_limit_and_stall_their_instance_alone_above_it()
    {
        const int size = 5 * 1024 * 1024;
        var limits = new WorkflowOptions { MaxTurnSize = 8 * 1024 * 1024 };
        await using var it = await Together.StartAsync(
            options =>
            {
                options.RegisterActivity<int, string>("Large", (_, _) => Task.FromResult(new string('x', size)));
                options.RegisterWorkflow<int, int>(Together.Flow, async (context, count) =>
                {
                    var length = 0;
                    for (var i = 0; i < count; i++)
                    {
                        length += (await context.CallActivityAsync<string>("Large")).Length;
                    }

                    return length;
                });
            },
            limits);

        Assert.Equal(size, (await it.RunAsync(1)).ReadOutputAs<int>());
        await it.StartAsync(2, id: "b");
        await it.HasHappenedAsync("STL", "b");
        var stalled = await it.Client.GetWorkflowStateAsync("b");
        Assert.Equal(WorkflowRuntimeStatus.Stalled, stalled.RuntimeStatus);
        Assert.Contains("exceeds 95% of the limit", it.Events("b")[^1].ExecutionStalled.Description, StringComparison.Ordinal);
        Assert.Equal(size, (await it.RunAsync(1, id: "c")).ReadOutputAs<int>());
    }
}
