using System.Diagnostics;
using Dapr.Workflow;
using DaprShop.Sidecar.Workflows.Protocol;
using DaprShop.Workflow.Tests.Engine;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DaprShop.Workflow.Tests.Worker;

public sealed class WorkerTests
{
    [Fact]
    public async Task A_turn_is_answered_with_its_token_and_every_call_tells_who_calls()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var host = await WorkerHost.StartAsync(sidecar.Port, Echo, token: "secret");

        var stream = await sidecar.NextStreamAsync();
        sidecar.Send(WorkerHost.Turn("Echo", "5", token: "token-7"));
        var (response, headers) = await sidecar.NextTurnAsync();

        Assert.Equal(("token-7", "order-1"), (response.CompletionToken, response.InstanceId));
        Assert.Equal("5", response.Actions[0].CompleteWorkflow.Result);
        Assert.All([stream, headers], metadata =>
        {
            Assert.Equal("secret", metadata.GetValue("dapr-api-token"));
            Assert.Contains("dapr-sdk-dotnet/v", metadata.GetValue("user-agent"), StringComparison.Ordinal);
        });
        await host.StopAsync();
    }

    [Fact]
    public async Task Vector_36_A_cut_stream_is_opened_again()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var host = await WorkerHost.StartAsync(sidecar.Port, Echo);

        for (var i = 0; i < 3; i++)
        {
            await sidecar.NextStreamAsync();
            sidecar.Send(WorkerHost.Turn("Echo", $"{i}"));
            Assert.Equal($"{i}", (await sidecar.NextTurnAsync()).Response.Actions[0].CompleteWorkflow.Result);
            sidecar.CutStream();
        }

        await host.StopAsync();
    }

    [Fact]
    public async Task The_host_starts_without_a_sidecar_and_works_once_it_is_there()
    {
        var port = FreePorts.Next();
        using var host = await WorkerHost.StartAsync(port, Echo);
        await using var sidecar = await FakeSidecar.StartAsync(port);

        sidecar.Send(WorkerHost.Turn("Echo", "1"));
        Assert.Equal("1", (await sidecar.NextTurnAsync()).Response.Actions[0].CompleteWorkflow.Result);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_completion_that_is_lost_is_sent_again_with_the_same_token()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var host = await WorkerHost.StartAsync(sidecar.Port, Echo);

        sidecar.Refuse(StatusCode.Unavailable, StatusCode.DeadlineExceeded);
        sidecar.Send(WorkerHost.Turn("Echo", "1", token: "token-3"));
        Assert.Equal("token-3", (await sidecar.NextTurnAsync()).Response.CompletionToken);
        Assert.Equal(3, sidecar.CompletionCalls);

        sidecar.Refuse(StatusCode.Unavailable);
        sidecar.Send(WorkerHost.Activity("Echo", "1", token: "token-4"));
        Assert.Equal("token-4", (await sidecar.NextActivityAsync()).CompletionToken);
        Assert.Equal(5, sidecar.CompletionCalls);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_result_reaches_a_sidecar_that_was_away_for_a_minute()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        var time = new ManualTime();
        using var host = await WorkerHost.StartAsync(sidecar.Port, options =>
        {
            Echo(options);
            options.Time = time;
        });

        sidecar.Refuse([.. Enumerable.Repeat(StatusCode.Unavailable, 15)]);
        sidecar.Send(WorkerHost.Activity("Echo", "1"));
        var taken = sidecar.NextActivityAsync();
        while (!taken.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(taken, Task.Delay(10));
        }

        Assert.Equal("1", (await taken).Result);
        Assert.Equal(16, sidecar.CompletionCalls);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_completion_that_is_refused_does_not_stop_the_worker()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var host = await WorkerHost.StartAsync(sidecar.Port, Echo);

        sidecar.Refuse(StatusCode.InvalidArgument);
        sidecar.Send(WorkerHost.Activity("Echo", "1", taskId: 1));
        sidecar.Send(WorkerHost.Activity("Echo", "1", taskId: 2));
        await sidecar.NextActivityAsync();
        Assert.Equal(2, sidecar.CompletionCalls);
        await host.StopAsync();
    }

    [Fact]
    public async Task An_item_of_an_unknown_kind_is_dropped()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var host = await WorkerHost.StartAsync(sidecar.Port, Echo);

        sidecar.Send(new WorkItem { CompletionToken = "x" });
        sidecar.Send(WorkerHost.Activity("Echo", "1"));
        Assert.Equal("1", (await sidecar.NextActivityAsync()).Result);
        await host.StopAsync();
    }

    [Fact]
    public async Task Items_and_results_have_no_size_limit()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var host = await WorkerHost.StartAsync(sidecar.Port, Echo);

        var big = $"\"{new string('x', 5 * 1024 * 1024)}\"";
        sidecar.Send(WorkerHost.Activity("EchoText", big));
        Assert.Equal(big, (await sidecar.NextActivityAsync()).Result);
        await host.StopAsync();
    }

    [Fact]
    public async Task No_more_activities_run_at_a_time_than_allowed()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var gate = new SemaphoreSlim(0);
        var running = 0;
        using var host = await WorkerHost.StartAsync(sidecar.Port, options =>
        {
            options.MaxConcurrentActivities = 2;
            options.RegisterActivity<int, int>("Wait", async (_, _) =>
            {
                var now = Interlocked.Increment(ref running);
                await gate.WaitAsync();
                Interlocked.Decrement(ref running);
                return now;
            });
            options.RegisterActivity<int, int>("Echo", (_, input) => Task.FromResult(input));
        });

        Enumerable.Range(0, 6).ToList().ForEach(i => sidecar.Send(WorkerHost.Activity("Wait", "0", i)));
        List<string> seen = [];
        for (var i = 0; i < 6; i++)
        {
            gate.Release();
            seen.Add((await sidecar.NextActivityAsync()).Result);
        }

        Assert.All(seen, now => Assert.Contains(now, new[] { "1", "2" }));
        await host.StopAsync();
    }

    [Fact]
    public async Task No_more_turns_run_at_a_time_than_allowed()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var gate = new SemaphoreSlim(0);
        var running = 0;
        using var host = await WorkerHost.StartAsync(sidecar.Port, options =>
        {
            options.MaxConcurrentWorkflows = 2;
            options.RegisterWorkflow<int, int>("Wait", (_, _) =>
            {
                var now = Interlocked.Increment(ref running);
                gate.Wait();
                Interlocked.Decrement(ref running);
                return Task.FromResult(now);
            });
        });

        Enumerable.Range(0, 6).ToList().ForEach(i => sidecar.Send(WorkerHost.Turn("Wait", "0", token: $"{i}")));
        List<string> seen = [];
        for (var i = 0; i < 6; i++)
        {
            gate.Release();
            seen.Add((await sidecar.NextTurnAsync()).Response.Actions[0].CompleteWorkflow.Result);
        }

        Assert.All(seen, now => Assert.Contains(now, new[] { "1", "2" }));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_stop_lets_a_running_activity_finish_and_sends_its_result()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        var started = new TaskCompletionSource();
        var finish = new TaskCompletionSource<int>();
        using var host = await WorkerHost.StartAsync(sidecar.Port, options => options.RegisterActivity<int, int>("Slow", (_, _) =>
        {
            started.SetResult();
            return finish.Task;
        }));

        sidecar.Send(WorkerHost.Activity("Slow"));
        await started.Task;
        var stop = host.StopAsync();
        Assert.False(stop.IsCompleted);
        finish.SetResult(3);
        await stop;
        Assert.Equal("3", (await sidecar.NextActivityAsync()).Result);
    }

    [Fact]
    public async Task A_stop_that_takes_too_long_sends_nothing_any_more()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        var started = new TaskCompletionSource();
        var finish = new TaskCompletionSource<int>();
        using var log = new LogOf("Dapr.Workflow.Worker.CompletionSender");
        using var host = await WorkerHost.StartAsync(
            sidecar.Port,
            options => options.RegisterActivity<int, int>("Slow", (_, _) =>
            {
                started.SetResult();
                return finish.Task;
            }),
            services => services.AddLogging(logging => logging.AddProvider(log)));

        sidecar.Send(WorkerHost.Activity("Slow"));
        await started.Task;
        await host.Services.GetServices<IHostedService>().Single().StopAsync(new CancellationToken(canceled: true));
        finish.SetResult(3);
        Assert.Contains("did not reach the sidecar", await log.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, sidecar.CompletionCalls);
    }

    [Fact]
    public async Task History_that_is_not_sent_along_is_fetched()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var host = await WorkerHost.StartAsync(sidecar.Port, Echo);

        var item = WorkerHost.Turn("Echo", "8");
        sidecar.HistoryAnswer.Events.AddRange(item.WorkflowRequest.NewEvents);
        item.WorkflowRequest.NewEvents.Clear();
        item.WorkflowRequest.RequiresHistoryStreaming = true;
        sidecar.Send(item);
        Assert.Equal("8", (await sidecar.NextTurnAsync()).Response.Actions[0].CompleteWorkflow.Result);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_hello_every_half_minute_keeps_the_connection_open()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        var time = new ManualTime();
        using var host = await WorkerHost.StartAsync(sidecar.Port, options => options.Time = time);

        await sidecar.NextStreamAsync();
        time.Advance(TimeSpan.FromSeconds(30));
        await sidecar.NextHelloAsync();
        await host.StopAsync();
    }

    [Fact]
    public async Task An_activity_continues_the_trace_of_its_workflow()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Dapr.Workflow",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        await using var sidecar = await FakeSidecar.StartAsync();
        using var host = await WorkerHost.StartAsync(sidecar.Port, options => options.RegisterActivity<int, string>(
            "Trace", (_, _) => Task.FromResult($"{System.Diagnostics.Activity.Current?.OperationName} {System.Diagnostics.Activity.Current?.TraceId}")));

        var item = WorkerHost.Activity("Trace");
        item.ActivityRequest.ParentTraceContext = new TraceContext { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
        sidecar.Send(item);
        Assert.Equal("\"WorkflowActivity Trace 0af7651916cd43dd8448eb211c80319c\"", (await sidecar.NextActivityAsync()).Result);
        await host.StopAsync();
    }

    private static void Echo(WorkflowRuntimeOptions options)
    {
        options.RegisterWorkflow<int, int>("Echo", (_, input) => Task.FromResult(input));
        options.RegisterActivity<int, int>("Echo", (_, input) => Task.FromResult(input));
        options.RegisterActivity<string, string>("EchoText", (_, input) => Task.FromResult(input));
    }
}
