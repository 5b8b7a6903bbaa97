using System.Globalization;
using static DaprShop.Workflow.Tests.Worker.Events;

namespace DaprShop.Workflow.Tests.Worker;

public sealed class ActivityVectors
{
    [Fact]
    public void Vector_01_A_workflow_that_awaits_nothing_completes_in_its_first_turn()
    {
        var run = Run.Of(_ => Task.FromResult("ok"));

        Assert.Equal(["EC#0 COMPLETED \"ok\""], run.Start());
    }

    [Fact]
    public void Vector_02_An_activity_is_scheduled_with_its_input_and_its_result_comes_back()
    {
        var run = Run.Of(async context => await context.CallActivityAsync<int>("Reserve", new { Qty = 3 }));

        Assert.Equal(["TS#0 Reserve {\"qty\":3}"], run.Start());
        Assert.Equal(["EC#1 COMPLETED 7"], run.Turn(TaskCompleted(0, "7")));
    }

    [Fact]
    public void Vector_03_Chained_activities_take_numbers_in_order_and_time_is_the_same_on_every_replay()
    {
        List<DateTime[]> replays = [];
        var run = Run.Of(async context =>
        {
            List<DateTime> times = [context.CurrentUtcDateTime];
            for (var i = 0; i < 3; i++)
            {
                replays.Add([.. times]);
                await context.CallActivityAsync("Step", i);
                times.Add(context.CurrentUtcDateTime);
            }

            return times.SequenceEqual(times.Order());
        });

        Assert.Equal(["TS#0 Step 0"], run.Start());
        Assert.Equal(["TS#1 Step 1"], run.Turn(TaskCompleted(0)));
        Assert.Equal(["TS#2 Step 2"], run.Turn(TaskCompleted(1)));
        Assert.Equal(["EC#3 COMPLETED true"], run.Turn(TaskCompleted(2)));
        Assert.All(replays.GroupBy(times => times.Length), sameStep => Assert.Single(sameStep.Select(times => string.Join(' ', times)).Distinct()));
    }

    [Fact]
    public void Vector_04_A_thousand_activities_fan_out_in_one_turn_and_their_results_keep_the_order_of_the_calls()
    {
        var run = Run.Of(async context =>
        {
            var results = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => context.CallActivityAsync<int>("Square", i)));
            return results.Select((result, i) => result == i * i).All(right => right);
        });

        var scheduled = run.Start();
        Assert.Equal(1000, scheduled.Length);
        Assert.Equal("TS#999 Square 999", scheduled[999]);

        var backwards = Enumerable.Range(0, 1000).Reverse().Select(i => TaskCompleted(i, (i * i).ToString(CultureInfo.InvariantCulture)));
        Assert.Equal(["EC#1000 COMPLETED true"], run.Turn([.. backwards]));
    }

    [Fact]
    public void Vector_05_The_first_of_two_activities_wins_in_every_replay()
    {
        var run = Run.Of(async context =>
        {
            var slow = context.CallActivityAsync<string>("Slow");
            var fast = context.CallActivityAsync<string>("Fast");
            var first = await await Task.WhenAny(slow, fast);
            await context.CallActivityAsync("Report", first);
            return first;
        });

        Assert.Equal(["TS#0 Slow", "TS#1 Fast"], run.Start());
        Assert.Equal(["TS#2 Report \"fast\""], run.Turn(TaskCompleted(1, "\"fast\"")));
        Assert.Empty(run.Turn(TaskCompleted(0, "\"slow\"")));
        Assert.Equal(["EC#3 COMPLETED \"fast\""], run.Turn(TaskCompleted(2)));
    }

    [Fact]
    public void Vector_06_An_activity_failure_that_nobody_catches_fails_the_workflow()
    {
        var run = Run.Of(context => context.CallActivityAsync("Charge"));

        run.Start();
        Assert.Equal(
            ["EC#1 FAILED Dapr.Workflow.WorkflowTaskFailedException: Task failed: boom"],
            run.Turn(TaskFailed(0, "System.InvalidOperationException", "boom")));
        Assert.True(run.LastResponse!.Actions[0].CompleteWorkflow.FailureDetails.IsNonRetriable);
    }

    [Fact]
    public void Vector_07_A_caught_failure_lets_the_workflow_compensate()
    {
        var run = Run.Of(async context =>
        {
            try
            {
                await context.CallActivityAsync("Charge");
            }
            catch (Dapr.Workflow.WorkflowTaskFailedException failed) when (failed.FailureDetails.IsCausedBy<InvalidOperationException>())
            {
                await context.CallActivityAsync("Release", failed.FailureDetails.ErrorMessage);
            }
        });

        run.Start();
        Assert.Equal(["TS#1 Release \"boom\""], run.Turn(TaskFailed(0, "System.InvalidOperationException", "boom")));
        Assert.Equal(["EC#2 COMPLETED"], run.Turn(TaskCompleted(1)));
    }

    [Fact]
    public void Vector_32_A_resolution_that_is_delivered_twice_counts_once()
    {
        var run = Run.Of(context => context.CallActivityAsync<int>("Reserve"));

        run.Start();
        Assert.Equal(["EC#1 COMPLETED 1"], run.Turn(TaskCompleted(0, "1"), TaskCompleted(0, "2"), TaskFailed(0, "Late", "late")));
    }

    [Fact]
    public void Vector_38_A_result_that_comes_before_its_call_is_kept_and_the_call_is_not_made()
    {
        var run = Run.Of(async context =>
        {
            await context.WaitForExternalEventAsync<string>("go", TimeSpan.FromHours(1));
            return await context.CallActivityAsync<int>("Reserve");
        });

        run.Start();
        Assert.Equal(["EC#2 COMPLETED 5"], run.Turn(TaskCompleted(1, "5"), Raised("go")));
    }

    [Fact]
    public void A_kept_result_does_not_end_an_operation_of_another_kind()
    {
        var run = Run.Of(async context =>
        {
            await context.WaitForExternalEventAsync<string>("go");
            await context.CreateTimer(TimeSpan.FromMinutes(1));
        });

        run.Start();
        Assert.Equal(["TMC#0 +60s createTimer"], run.Turn(TaskCompleted(0, "5"), Raised("go")));
    }

    [Fact]
    public void Parallel_processing_keeps_to_its_limit_and_the_order_of_the_inputs()
    {
        var run = Run.Of(async context =>
            await Dapr.Workflow.ParallelExtensions.ProcessInParallelAsync(context, [10, 20, 30], i => context.CallActivityAsync<int>("Half", i), 2));

        Assert.Equal(["TS#0 Half 10", "TS#1 Half 20"], run.Start());
        Assert.Equal(["TS#2 Half 30"], run.Turn(TaskCompleted(1, "10")));
        Assert.Equal(["EC#3 COMPLETED [5,10,15]"], run.Turn(TaskCompleted(2, "15"), TaskCompleted(0, "5")));
    }

    [Fact]
    public void Parallel_processing_reports_all_failures_after_all_have_run()
    {
        var run = Run.Of(async context =>
        {
            try
            {
                await Dapr.Workflow.ParallelExtensions.ProcessInParallelAsync(context, [1, 2, 3], i => context.CallActivityAsync<int>("Half", i), 1);
                return 0;
            }
            catch (AggregateException failures)
            {
                return failures.InnerExceptions.Count;
            }
        });

        run.Start();
        run.Turn(TaskFailed(0, "X", "x"));
        run.Turn(TaskCompleted(1, "1"));
        Assert.Equal(["EC#3 COMPLETED 2"], run.Turn(TaskFailed(2, "X", "x")));
    }

    [Fact]
    public void An_activity_of_another_app_is_routed_there()
    {
        var run = Run.Of(context => context.CallActivityAsync("Charge", 1, new Dapr.Workflow.WorkflowTaskOptions { TargetAppId = "payments" }));

        run.Start();
        var router = run.LastResponse!.Actions[0].Router;
        Assert.Equal(("orders", "payments"), (router.SourceAppID, router.TargetAppID));
    }
}
