using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Dapr.Workflow;
using DaprShop.Sidecar.Workflows.Protocol;
using DaprShop.Workflow.Tests.Engine;

namespace DaprShop.Workflow.Tests.EndToEnd;

public sealed class ActivityVectors
{
    private readonly ConcurrentBag<object?> _ran = [];

    [Fact]
    public async Task Vector_01_A_workflow_that_only_returns()
    {
        await using var it = await Together.StartAsync<int, string>((_, _) => Task.FromResult("ok"));
        var end = await it.RunAsync();

        Assert.Equal((WorkflowRuntimeStatus.Completed, "ok"), (end.RuntimeStatus, end.ReadOutputAs<string>()));
        Assert.Equal("WS ES EC(Completed)", it.History());
        Assert.True(it.Engine.Get("a")!.Started <= it.Engine.Get("a")!.Updated);
    }

    [Fact]
    public async Task Vector_02_One_activity()
    {
        await using var it = await Together.StartAsync<int, int>(
            (context, _) => context.CallActivityAsync<int>("Work", new { Qty = 3 }),
            more => more.RegisterActivity<JsonElement, int>("Work", (_, input) => Ran(input.GetProperty("qty").GetInt32(), 7)));
        var end = await it.RunAsync();

        Assert.Equal(7, end.ReadOutputAs<int>());
        Assert.Equal([3], _ran);
        Assert.Equal("WS ES TS#0 WS TC(0) EC(Completed)", it.History());
        Assert.Equal("{\"qty\":3}", it.Events()[2].TaskScheduled.Input);
    }

    [Fact]
    public async Task Vector_03_Activities_in_a_row_and_the_time_between_them()
    {
        var times = new ConcurrentBag<(int Checkpoint, DateTime At)>();
        Together it = null!;
        await using var _ = it = await Together.StartAsync<int, int>(
            async (context, input) =>
            {
                for (var i = 0; i < 3; i++)
                {
                    times.Add((i, context.CurrentUtcDateTime));
                    input = await context.CallActivityAsync<int>("Double", input);
                }

                return input;
            },
            more => more.RegisterActivity<int, int>("Double", (_, input) =>
            {
                it.Clock.Advance(TimeSpan.FromSeconds(1));
                return Ran(input, 2 * input);
            }));
        var end = await it.RunAsync(1);

        Assert.Equal(8, end.ReadOutputAs<int>());
        Assert.Equal("WS ES TS#0 WS TC(0) TS#1 WS TC(1) TS#2 WS TC(2) EC(Completed)", it.History());
        Assert.Equal([1, 2, 4], _ran.Order());
        var each = times.GroupBy(time => time.Checkpoint, time => time.At).OrderBy(checkpoint => checkpoint.Key).Select(checkpoint => Assert.Single(checkpoint.Distinct())).ToList();
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)], each.Zip(each.Skip(1), (before, after) => after - before));
    }

    [Fact]
    public async Task Vector_04_A_thousand_activities_fan_out()
    {
        await using var it = await Together.StartAsync<int, int[]>(
            (context, count) => Task.WhenAll(Enumerable.Range(0, count).Select(i => context.CallActivityAsync<int>("Double", i))),
            more => more.RegisterActivity<int, int>("Double", (_, input) => Ran(input, 2 * input)));
        var end = await it.RunAsync(1000);

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => 2 * i), end.ReadOutputAs<int[]>()!);
        Assert.Equal(Enumerable.Range(0, 1000), _ran.Cast<int>().Order());
        Assert.Equal(Enumerable.Range(0, 1000), it.Events().SkipWhile(e => e.TaskScheduled is null).TakeWhile(e => e.TaskScheduled is not null).Select(e => e.EventId));
        Assert.True(it.Events().Count(e => e.WorkflowStarted is not null) <= 1001);
    }

    [Fact]
    public async Task Vector_05_The_first_of_two_activities_is_the_first_in_every_replay()
    {
        var slow = new Hold();
        var branches = new ConcurrentBag<string>();
        await using var it = await Together.StartAsync<int, string>(
            async (context, _) =>
            {
                var first = context.CallActivityAsync<int>("Slow");
                var second = context.CallActivityAsync<int>("Fast");
                var branch = await Task.WhenAny(first, second) == second ? "fast" : "slow";
                branches.Add(branch);
                await first;
                return branch;
            },
            more =>
            {
                more.RegisterActivity<int, int>("Slow", (_, _) => slow.PassAsync(1));
                more.RegisterActivity<int, int>("Fast", (_, _) => Task.FromResult(2));
            });
        await it.StartAsync();
        await it.HasHappenedAsync("TC(1)");
        slow.Release();

        Assert.Equal("fast", (await it.EndAsync()).ReadOutputAs<string>());
        Assert.Equal(["fast", "fast"], branches);
    }

    [Fact]
    public async Task Vector_06_A_failure_that_nobody_catches()
    {
        await using var it = await Together.StartAsync<int, int>((context, _) => context.CallActivityAsync<int>("Work"), Failing);
        var end = await it.RunAsync();

        Assert.Equal("WS ES TS#0 WS TF(0) EC(Failed)", it.History());
        Assert.Equal("System.InvalidOperationException", it.Events().Single(e => e.TaskFailed is not null).TaskFailed.FailureDetails.ErrorType);
        Assert.Equal("Dapr.Workflow.WorkflowTaskFailedException: Task failed: boom", end.FailureDetails!.ToString());
        Assert.True(end.FailureDetails.IsCausedBy<WorkflowTaskFailedException>());
        using var http = new HttpClient { BaseAddress = it.Http };
        var properties = (await http.GetFromJsonAsync<JsonElement>("/v1.0/workflows/dapr/a")).GetProperty("properties");
        Assert.False(properties.TryGetProperty("dapr.workflow.output", out _));
        Assert.Equal("Task failed: boom", properties.GetProperty("dapr.workflow.failure.error_message").GetString());
    }

    [Fact]
    public async Task Vector_07_A_failure_that_is_caught_and_compensated()
    {
        await using var it = await Together.StartAsync<int, string>(
            async (context, _) =>
            {
                try
                {
                    return await context.CallActivityAsync<string>("Work");
                }
                catch (WorkflowTaskFailedException failure)
                {
                    return await context.CallActivityAsync<string>("Compensate", failure.FailureDetails.ErrorMessage);
                }
            },
            more =>
            {
                Failing(more);
                more.RegisterActivity<string, string>("Compensate", (_, why) => Ran(why, "compensated"));
            });

        Assert.Equal("compensated", (await it.RunAsync()).ReadOutputAs<string>());
        Assert.Equal("WS ES TS#0 WS TF(0) TS#1 WS TC(1) EC(Completed)", it.History());
        Assert.Contains("boom", _ran);
    }

    [Fact]
    public async Task Vector_08_Attempts_with_durable_timers_between_them()
    {
        var policy = new WorkflowRetryPolicy(3, TimeSpan.FromSeconds(1), backoffCoefficient: 2);
        await using var it = await Together.StartAsync<int, int>(
            (context, _) => context.CallActivityAsync<int>("Work", null, new WorkflowTaskOptions(policy)), Failing);
        await it.StartAsync();
        var end = await it.EndInTimeAsync();

        Assert.Equal(WorkflowRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal("WS ES TS#0 WS TF(0) TMC#1 WS TMF(1) TS#2 WS TF(2) TMC#3 WS TMF(3) TS#4 WS TF(4) EC(Failed)", it.History());
        Assert.Equal([1, 2], DelaysIn(it));
        Assert.All(it.Events().Where(e => e.TimerCreated is not null), e => Assert.Equal(it.Events()[2].TaskScheduled.TaskExecutionId, e.TimerCreated.ActivityRetry.TaskExecutionId));
        Assert.Equal(3, _ran.Count);
    }

    [Fact]
    public async Task Vector_09_Delays_grow_up_to_the_longest_one()
    {
        var policy = new WorkflowRetryPolicy(4, TimeSpan.FromSeconds(1), backoffCoefficient: 10, maxRetryInterval: TimeSpan.FromSeconds(1.5));
        await using var it = await Together.StartAsync<int, int>(
            (context, _) => context.CallActivityAsync<int>("Work", null, new WorkflowTaskOptions(policy)),
            more => more.RegisterActivity<int, int>("Work", (_, _) =>
            {
                _ran.Add(null);
                return _ran.Count == 4 ? Task.FromResult(4) : throw new InvalidOperationException("boom");
            }));
        await it.StartAsync();

        Assert.Equal(4, (await it.EndInTimeAsync()).ReadOutputAs<int>());
        Assert.Equal([1, 1.5, 1.5], DelaysIn(it));
    }

    [Fact]
    public async Task Vector_11_An_unknown_activity()
    {
        await using var it = await Together.StartAsync<string, string>((context, name) => context.CallActivityAsync<string>(name), Echo);
        var end = await it.RunAsync("X");

        var failure = it.Events().Single(e => e.TaskFailed is not null).TaskFailed.FailureDetails;
        Assert.Equal(("ActivityNotFoundException", "Activity 'X' not found"), (failure.ErrorType, failure.ErrorMessage));
        Assert.Equal(WorkflowRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal(WorkflowRuntimeStatus.Completed, (await it.RunAsync("Echo", "b")).RuntimeStatus);
    }

    [Fact]
    public async Task Vector_12_An_unknown_workflow()
    {
        await using var it = await Together.StartAsync<int, int>((context, _) => context.WaitForExternalEventAsync<int>("go"));
        await it.StartAsync(id: "other");
        await it.Client.ScheduleNewWorkflowAsync("Nobody", "a");
        await it.EndAsync();

        Assert.Equal("WS ES EC(Failed)", it.History());
        var failure = it.Events()[^1].ExecutionCompleted.FailureDetails;
        Assert.Equal(("WorkflowNotFound", true), (failure.ErrorType, failure.IsNonRetriable));
        await it.Client.RaiseEventAsync("other", "go", 3);
        Assert.Equal(3, (await it.EndAsync("other")).ReadOutputAs<int>());
    }

    [Theory]
    [InlineData("Throws", "1", "System.InvalidOperationException")]
    [InlineData(nameof(CannotBeMade), "1", "System.NotSupportedException")]
    [InlineData("Throws", "not a number", "System.Text.Json.JsonException")]
    public async Task Vector_13_A_workflow_that_cannot_begin_fails_in_its_first_turn(string workflow, object input, string error)
    {
        await using var it = await Together.StartAsync(options =>
        {
            options.RegisterWorkflow<CannotBeMade>();
            options.RegisterWorkflow<int, int>("Throws", (_, _) => throw new InvalidOperationException("boom"));
        });
        await it.Client.ScheduleNewWorkflowAsync(workflow, "a", input);
        var end = await it.EndAsync();

        Assert.Equal("WS ES EC(Failed)", it.History());
        Assert.Equal(error, end.FailureDetails!.ErrorType);
    }

    private static List<double> DelaysIn(Together it)
    {
        var (delays, now) = (new List<double>(), default(DateTimeOffset));
        foreach (var e in it.Events())
        {
            now = e.WorkflowStarted is null ? now : e.Timestamp.ToDateTimeOffset();
            if (e.TimerCreated is { } timer)
            {
                delays.Add((timer.FireAt.ToDateTimeOffset() - now).TotalSeconds);
            }
        }

        return delays;
    }

    private static void Echo(WorkflowRuntimeOptions options) =>
        options.RegisterActivity<string, string>("Echo", (_, input) => Task.FromResult(input));

    private void Failing(WorkflowRuntimeOptions options) => options.RegisterActivity<int, string>("Work", (_, _) =>
    {
        _ran.Add(null);
        throw new InvalidOperationException("boom");
    });

    private Task<T> Ran<T>(object? with, T result)
    {
        _ran.Add(with);
        return Task.FromResult(result);
    }

    private sealed class CannotBeMade : Workflow<int, int>
    {
        public CannotBeMade() => throw new NotSupportedException("boom");

        public override Task<int> RunAsync(WorkflowContext context, int input) => Task.FromResult(input);
    }
}
