using Dapr.Workflow;
using Dapr.Workflow.Replay;
using Microsoft.Extensions.Logging;
using static DaprShop.Workflow.Tests.Worker.Events;

namespace DaprShop.Workflow.Tests.Worker;

public sealed class DeterminismVectors
{
    [Fact]
    public void Vector_53_Code_that_calls_another_activity_than_its_history_fails()
    {
        var run = Run.Of(context => context.CallActivityAsync("B"));

        var response = run.Answer(
            [TurnStarted(), Started("Test", null, Run.InstanceId, null), TaskScheduled(0, "A")], [TurnStarted(), TaskCompleted(0)]);

        var failure = Assert.Single(response.Actions).CompleteWorkflow.FailureDetails;
        Assert.Equal("Dapr.Workflow.NonDeterministicWorkflowException", failure.ErrorType);
        Assert.Contains("the activity 'A' with sequence number 0, but the code now has the activity 'B'", failure.ErrorMessage, StringComparison.Ordinal);
        Assert.True(failure.IsNonRetriable);
    }

    [Fact]
    public void Vector_53_Code_that_calls_an_activity_where_its_history_has_a_timer_fails()
    {
        var run = Run.Of(context => context.CallActivityAsync("A"));

        var response = run.Answer(
            [TurnStarted(), Started("Test", null, Run.InstanceId, null), TimerCreated(0)], [TurnStarted(), TimerFired(0)]);

        Assert.Contains("a timer with sequence number 0", Assert.Single(run.Describe(response)), StringComparison.Ordinal);
    }

    [Fact]
    public void Vector_53_Code_that_has_lost_a_call_fails()
    {
        var run = Run.Of(context => context.WaitForExternalEventAsync<int>("go"));

        var response = run.Answer(
            [TurnStarted(), Started("Test", null, Run.InstanceId, null), TaskScheduled(0, "A")], [TurnStarted(), TaskCompleted(0)]);

        Assert.Contains("but the code now has nothing there", Assert.Single(run.Describe(response)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("order-1", null, "2a22b001-284f-543b-90ba-15523729851d", "97f708dc-c714-5a47-8c57-0715798ca40e", "36c56029754a519cbb9ecf5a805bab13")]
    [InlineData("order-1", "7c9e6679-7425-40de-944b-e07fc1f90ae7", "cbc78c13-a14f-56cf-ba33-de9efcb53435", "3788b68c-2f5e-52bf-b04e-3191eb7fdf78", "c7190839433d55e7b9cd44635a802002")]
    [InlineData("3f2504e0-4f89-41d3-9a0c-0305e82c3301", null, "26479188-8cc5-53cc-aa74-283a9d6d8728", "cd51fb60-06dc-5ca4-b3aa-97d566cb4d9f", "943a7fa8ccbd5ed8ba3ad2334cb35cfb")]
    public void Vector_54_Ids_are_those_of_the_official_worker(string instanceId, string? executionId, string first, string second, string task)
    {
        var ids = new DeterministicIds(instanceId, executionId);

        Assert.Equal(Guid.Parse(first), ids.NewGuid());
        Assert.Equal(Guid.Parse(second), ids.NewGuid());
        Assert.Equal(task, ids.TaskExecutionId(0, "ReserveStock"));
    }

    [Fact]
    public void Vector_54_Ids_are_the_same_on_replay_and_whether_the_request_or_the_start_names_the_execution()
    {
        static async Task<Guid> Code(WorkflowContext context)
        {
            await context.CallActivityAsync("A");
            return context.NewGuid();
        }

        var byStart = Run.Of(Code);
        byStart.Start();
        var byRequest = new Run(options => options.RegisterWorkflow<object?, Guid>("Test", (context, _) => Code(context))) { RequestExecutionId = "execution-1" };
        byRequest.Start();

        Assert.Equal(byStart.LastResponse!.Actions[0].ScheduleTask.TaskExecutionId, byRequest.LastResponse!.Actions[0].ScheduleTask.TaskExecutionId);
        Assert.Equal(byStart.Turn(TaskCompleted(0)), byRequest.Turn(TaskCompleted(0)));
    }

    [Fact]
    public void Vector_55_Code_that_awaits_a_clock_fails_with_a_clear_error()
    {
        var run = Run.Of(async context =>
        {
            await Task.Delay(Timeout.Infinite);
            await context.CallActivityAsync("A");
        });

        Assert.Equal([$"EC#0 FAILED System.InvalidOperationException: {TurnGuard.Message}"], run.Start());
    }

    [Fact]
    public void Vector_55_Code_that_comes_back_on_another_thread_fails_with_a_clear_error()
    {
        var run = Run.Of(async context =>
        {
            var waiting = context.WaitForExternalEventAsync<int>("go");
            using var called = new ManualResetEventSlim();
            var elsewhere = CallFromAnotherThread(context, called);

            // The turn is held up here until the other thread has tried, so that it is still the same turn.
            called.Wait();
            await Task.WhenAny(waiting, elsewhere);
        });

        Assert.Equal([$"EC#0 FAILED System.InvalidOperationException: {TurnGuard.Message}"], run.Start());
    }

    [Fact]
    public void A_synchronization_context_of_the_caller_does_not_get_the_code()
    {
        var context = new RefusingContext();
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            var run = Run.Of(c => c.CallActivityAsync<int>("A"));
            run.Start();
            Assert.Equal(["EC#1 COMPLETED 1"], run.Turn(TaskCompleted(0, "1")));
            Assert.Same(context, SynchronizationContext.Current);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }

    [Fact]
    public void A_new_run_takes_a_patch_and_an_old_one_does_not()
    {
        List<string> paths = [];
        var run = Run.Of(async context =>
        {
            await context.CallActivityAsync("A");
            await context.CallActivityAsync(context.IsPatched("new-b") ? "B2" : "B");
            paths.Add(context.IsPatched("new-b") ? "new" : "old");
        });

        run.Start();
        Assert.Equal(["TS#1 B2"], run.Turn(TaskCompleted(0)));
        Assert.Equal(["new-b"], run.LastResponse!.Version.Patches);
        run.Turn(TaskCompleted(1));
        Assert.Equal(["new-b", "new-b"], run.LastResponse.Version.Patches);

        var old = run.Answer(
            [TurnStarted(), Started("Test", null, Run.InstanceId, null), TaskScheduled(0, "A"), TurnStarted(), TaskCompleted(0), TaskScheduled(1, "B")],
            [TurnStarted(), TaskCompleted(1)]);
        Assert.Equal(["EC#2 COMPLETED"], run.Describe(old));
        Assert.Null(old.Version);
        Assert.Equal(["new", "old"], paths);
    }

    [Fact]
    public void Patches_are_told_on_suspended_turns_too()
    {
        var run = Run.Of(async context =>
        {
            context.IsPatched("p");
            await context.CallActivityAsync("A");
        });

        run.Start();
        run.Turn(Suspended());
        Assert.Equal(["p"], run.LastResponse!.Version.Patches);
    }

    [Fact]
    public void A_replay_safe_logger_writes_each_line_once()
    {
        using var log = new LogOf("Saga");
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(log));
        var run = new Run(
            options => options.RegisterWorkflow<object?, int>("Test", async (context, _) =>
            {
                var logger = context.CreateReplaySafeLogger("Saga");
                logger.LogInformation("begin");
                await context.CallActivityAsync("A");
                logger.LogInformation("middle");
                await context.CallActivityAsync("B");
                logger.LogInformation("end");
                return 0;
            }),
            loggers);

        run.Start();
        run.Turn(TaskCompleted(0));
        run.Turn(TaskCompleted(1));
        Assert.Equal(["begin", "middle", "end"], log.Lines);
    }

    [Fact]
    public void A_turn_that_was_retried_by_the_sidecar_replays_from_new_events_alone()
    {
        var run = Run.Of(async context =>
        {
            await context.CallChildWorkflowAsync("Child");
            return context.CurrentUtcDateTime;
        });

        run.Start();
        var response = run.Answer([], [.. run.History, TurnStarted(), TurnStarted(), ChildCompleted(0, null)]);
        Assert.StartsWith("EC#1 COMPLETED", Assert.Single(run.Describe(response)), StringComparison.Ordinal);
    }

    private static async Task CallFromAnotherThread(WorkflowContext context, ManualResetEventSlim called)
    {
        await Task.Yield();
        try
        {
            context.NewGuid();
        }
        finally
        {
            called.Set();
        }
    }

    private sealed class RefusingContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => throw new InvalidOperationException("posted");
    }
}
