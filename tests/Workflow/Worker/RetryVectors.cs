using Dapr.Workflow;
using static DaprShop.Workflow.Tests.Worker.Events;

namespace DaprShop.Workflow.Tests.Worker;

public sealed class RetryVectors
{
    [Fact]
    public void Vector_08_Attempts_are_separated_by_durable_timers_and_the_last_failure_is_thrown()
    {
        var run = Run.Of(context => context.CallActivityAsync("Charge", 5, With(new WorkflowRetryPolicy(3, TimeSpan.FromSeconds(1), 2))));

        Assert.Equal(["TS#0 Charge 5"], run.Start());
        Assert.Equal(["TMC#1 +1s activityRetry"], run.Turn(TaskFailed(0, "X", "one")));
        Assert.Equal(["TS#2 Charge 5"], run.Turn(TimerFired(1)));
        Assert.Equal(["TMC#3 +2s activityRetry"], run.Turn(TaskFailed(2, "X", "two")));
        Assert.Equal(["TS#4 Charge 5"], run.Turn(TimerFired(3)));
        Assert.Equal(["EC#5 FAILED Dapr.Workflow.WorkflowTaskFailedException: Task failed: three"], run.Turn(TaskFailed(4, "X", "three")));
    }

    [Fact]
    public void Vector_09_Delays_grow_up_to_the_longest_one_and_a_later_success_counts()
    {
        var policy = new WorkflowRetryPolicy(4, TimeSpan.FromSeconds(1), 10, TimeSpan.FromSeconds(1.5));
        var run = Run.Of(context => context.CallActivityAsync<string>("Charge", null, With(policy)));

        run.Start();
        Assert.Equal(["TMC#1 +1s activityRetry"], run.Turn(TaskFailed(0, "X", "x")));
        run.Turn(TimerFired(1));
        Assert.Equal(["TMC#3 +1.5s activityRetry"], run.Turn(TaskFailed(2, "X", "x")));
        run.Turn(TimerFired(3));
        Assert.Equal(["TMC#5 +1.5s activityRetry"], run.Turn(TaskFailed(4, "X", "x")));
        run.Turn(TimerFired(5));
        Assert.Equal(["EC#7 COMPLETED \"paid\""], run.Turn(TaskCompleted(6, "\"paid\"")));
    }

    [Fact]
    public void Vector_10_No_attempt_is_made_once_the_retry_timeout_has_passed()
    {
        var policy = new WorkflowRetryPolicy(10, TimeSpan.FromSeconds(1), retryTimeout: TimeSpan.FromSeconds(10));
        var run = Run.Of(context => context.CallActivityAsync("Charge", null, With(policy)));

        run.Start();
        run.Turn(TaskFailed(0, "X", "first"));
        run.Turn(TimerFired(1));
        run.Wait(seconds: 10);
        Assert.Equal(["EC#3 FAILED Dapr.Workflow.WorkflowTaskFailedException: Task failed: second"], run.Turn(TaskFailed(2, "X", "second")));
    }

    [Fact]
    public void A_failure_marked_as_not_to_be_retried_ends_the_attempts()
    {
        var run = Run.Of(context => context.CallActivityAsync("Charge", null, With(new WorkflowRetryPolicy(3, TimeSpan.FromSeconds(1)))));

        run.Start();
        Assert.StartsWith("EC#1 FAILED", Assert.Single(run.Turn(TaskFailed(0, "X", "x", isNonRetriable: true))), StringComparison.Ordinal);
    }

    [Fact]
    public void The_timer_of_a_retry_names_the_first_attempt_and_each_attempt_has_a_key_of_its_own()
    {
        var run = Run.Of(context => context.CallActivityAsync("Charge", null, With(new WorkflowRetryPolicy(3, TimeSpan.FromSeconds(1)))));

        run.Start();
        var first = run.LastResponse!.Actions[0].ScheduleTask.TaskExecutionId;
        run.Turn(TaskFailed(0, "X", "x"));
        Assert.Equal(first, run.LastResponse.Actions[0].CreateTimer.ActivityRetry.TaskExecutionId);
        run.Turn(TimerFired(1));
        Assert.NotEqual(first, run.LastResponse.Actions[0].ScheduleTask.TaskExecutionId);
    }

    [Fact]
    public void A_failed_child_is_started_again_under_a_new_id_that_names_the_first()
    {
        var options = new ChildWorkflowTaskOptions { RetryPolicy = new WorkflowRetryPolicy(2, TimeSpan.FromSeconds(1)) };
        var run = Run.Of(context => context.CallChildWorkflowAsync<int>("Child", 1, options));

        run.Start();
        var first = run.LastResponse!.Actions[0].CreateChildWorkflow.InstanceId;

        // A .NET child marks each of its failures as not to be retried; its parent's policy counts all the same.
        run.Turn(ChildFailed(0, new() { ErrorType = "X", ErrorMessage = "x", IsNonRetriable = true }));
        Assert.Equal(first, run.LastResponse.Actions[0].CreateTimer.ChildWorkflowRetry.InstanceId);
        Assert.Equal(["CC#2 Child 1"], run.Turn(TimerFired(1)));
        var second = run.LastResponse.Actions[0].CreateChildWorkflow;
        Assert.NotEqual(first, second.InstanceId);
        Assert.Equal(first, second.RetryParentInstanceInfo.InstanceID);
    }

    [Fact]
    public void A_policy_refuses_values_that_make_no_sense()
    {
        var second = TimeSpan.FromSeconds(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkflowRetryPolicy(0, second));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkflowRetryPolicy(1, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkflowRetryPolicy(1, second, 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkflowRetryPolicy(1, second, 1, TimeSpan.FromMilliseconds(999)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkflowRetryPolicy(1, TimeSpan.FromHours(2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkflowRetryPolicy(1, second, 1, null, TimeSpan.FromMilliseconds(999)));
        Assert.Equal(Timeout.InfiniteTimeSpan, new WorkflowRetryPolicy(1, second).RetryTimeout);
    }

    private static WorkflowTaskOptions With(WorkflowRetryPolicy policy) => new(policy);
}
