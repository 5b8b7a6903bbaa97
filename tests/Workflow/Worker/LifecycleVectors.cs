using Dapr.Workflow;
using Dapr.Workflow.Protocol;
using static DaprShop.Workflow.Tests.Worker.Events;

namespace DaprShop.Workflow.Tests.Worker;

public sealed class LifecycleVectors
{
    [Fact]
    public void Vector_12_An_unknown_workflow_fails_for_good()
    {
        var run = new Run(_ => { });

        Assert.Equal(["EC#0 FAILED WorkflowNotFound: Workflow 'Test' is not registered in this app."], run.Start());
        Assert.True(run.LastResponse!.Actions[0].CompleteWorkflow.FailureDetails.IsNonRetriable);
    }

    [Fact]
    public void Names_of_workflows_have_no_case()
    {
        var run = new Run(options => options.RegisterWorkflow<string, int>("TEST", (_, _) => Task.FromResult(1)));

        Assert.Equal(["EC#0 COMPLETED 1"], run.Start());
    }

    [Fact]
    public void Vector_13_A_workflow_that_throws_before_its_first_await_fails_in_its_first_turn()
    {
        var run = Run.Of((Func<WorkflowContext, Task>)(_ => throw new InvalidOperationException("poison")));

        Assert.Equal(["EC#0 FAILED System.InvalidOperationException: poison"], run.Start());
    }

    [Fact]
    public void Vector_13_A_workflow_whose_constructor_throws_fails_in_its_first_turn()
    {
        var run = new Run(options => options.RegisterWorkflow<Unconstructible>("Test"));

        Assert.Equal(
            ["EC#0 FAILED System.NotSupportedException: Workflow 'Test' failed to activate: no"], run.Start());
    }

    [Fact]
    public void Vector_13_An_input_that_cannot_be_read_fails_the_workflow_in_its_first_turn()
    {
        var run = Run.Of<int, int>((_, input) => Task.FromResult(input));

        Assert.StartsWith("EC#0 FAILED System.Text.Json.JsonException", Assert.Single(run.Start("\"x\"")), StringComparison.Ordinal);
        Assert.False(run.LastResponse!.Actions[0].CompleteWorkflow.FailureDetails.IsNonRetriable);
    }

    [Fact]
    public void Vector_39_A_terminated_workflow_ends_with_the_callers_output()
    {
        var run = Run.Of(context => context.CallActivityAsync("Slow"));

        run.Start();
        Assert.Equal(["EC#1 TERMINATED \"stop\""], run.Turn(Terminated("\"stop\"")));
    }

    [Fact]
    public void Vector_41_A_termination_counts_wherever_it_stands_and_overrides_a_new_generation()
    {
        var laterSteps = 0;
        var run = Run.Of(async context =>
        {
            await context.CallActivityAsync("First");
            context.ContinueAsNew();
            await context.WaitForExternalEventAsync<int>("go");
            laterSteps++;
        });

        run.Start();
        Assert.Equal(["EC#2 TERMINATED"], run.Turn(TaskCompleted(0), Terminated(), Raised("go")));
        Assert.Equal(0, laterSteps);
    }

    [Fact]
    public void Vector_41_A_completion_earlier_in_the_batch_wins_over_a_termination()
    {
        var run = Run.Of(context => context.CallActivityAsync<int>("First"));

        run.Start();
        Assert.Equal(["EC#1 COMPLETED 1"], run.Turn(TaskCompleted(0, "1"), Terminated()));
    }

    [Fact]
    public void Vector_42_A_suspended_workflow_holds_everything_back_until_it_is_resumed()
    {
        var run = Run.Of(async context =>
        {
            context.SetCustomStatus("waiting");
            var values = new List<int>();
            for (var i = 0; i < 10; i++)
            {
                values.Add(await context.WaitForExternalEventAsync<int>("n"));
                context.SetCustomStatus(i);
            }

            return values;
        });

        run.Start();
        Assert.Empty(run.Turn(Suspended()));
        for (var i = 0; i < 10; i++)
        {
            Assert.Empty(run.Turn(Raised("n", $"{i}")));
            Assert.Equal("\"waiting\"", run.LastResponse!.CustomStatus);
        }

        Assert.Equal(["EC#0 COMPLETED [0,1,2,3,4,5,6,7,8,9]"], run.Turn(Resumed()));
        Assert.Equal("9", run.LastResponse!.CustomStatus);
    }

    [Fact]
    public void Vector_42_A_second_suspension_is_ended_by_one_resumption()
    {
        var run = Run.Of(context => context.WaitForExternalEventAsync<int>("n"));

        run.Start();
        run.Turn(Suspended());
        run.Turn(Suspended(), Raised("n", "1"));
        Assert.Equal(["EC#0 COMPLETED 1"], run.Turn(Resumed()));
    }

    [Fact]
    public void Actions_found_in_the_turn_of_a_suspension_are_sent_after_the_resumption()
    {
        var run = Run.Of(async context =>
        {
            await context.CallActivityAsync("First");
            await context.CallActivityAsync("Second");
        });

        run.Start();
        Assert.Empty(run.Turn(TaskCompleted(0), Suspended()));
        Assert.Equal(["TS#1 Second"], run.Turn(Resumed()));
        Assert.Equal(["EC#2 COMPLETED"], run.Turn(TaskCompleted(1)));
    }

    [Fact]
    public void Time_stands_still_while_a_workflow_is_suspended()
    {
        List<DateTime> times = [];
        var run = Run.Of(async context =>
        {
            times.Add(context.CurrentUtcDateTime);
            await context.WaitForExternalEventAsync<int>("n");
            times.Add(context.CurrentUtcDateTime);
        });

        run.Start();
        var raisedAt = run.Now + TimeSpan.FromSeconds(1);
        run.Turn(Suspended());
        run.Turn(Raised("n"));
        run.Wait(seconds: 100);
        times.Clear();
        run.Turn(Resumed());
        Assert.Equal(raisedAt, times[1]);
    }

    [Fact]
    public void Vector_43_A_suspended_workflow_can_be_terminated()
    {
        var run = Run.Of(context => context.WaitForExternalEventAsync<int>("n"));

        run.Start();
        run.Turn(Suspended());
        Assert.Equal(["EC#0 TERMINATED 1"], run.Turn(Raised("n", "5"), Terminated("1")));
    }

    [Fact]
    public void Vector_44_The_custom_status_is_sent_on_every_turn_and_cleared_by_null()
    {
        var run = Run.Of(async context =>
        {
            await context.CallActivityAsync("A");
            context.SetCustomStatus(new { Step = 1 });
            await context.CallActivityAsync("B");
            await context.CallActivityAsync("C");
            context.SetCustomStatus(null);
        });

        run.Start();
        Assert.Equal("", run.LastResponse!.CustomStatus);
        run.Turn(TaskCompleted(0));
        Assert.Equal("{\"step\":1}", run.LastResponse.CustomStatus);
        run.Turn(TaskCompleted(1));
        Assert.Equal("{\"step\":1}", run.LastResponse.CustomStatus);
        run.Turn(TaskCompleted(2));
        Assert.Equal("", run.LastResponse.CustomStatus);
    }

    [Fact]
    public void Vector_45_A_childs_result_its_failure_and_its_termination_come_back()
    {
        var run = Run.Of(async context =>
        {
            var result = await context.CallChildWorkflowAsync<int>("Child", 5, new ChildWorkflowTaskOptions("child-1"));
            List<string> failures = [];
            for (var i = 0; i < 2; i++)
            {
                try
                {
                    await context.CallChildWorkflowAsync("Child");
                }
                catch (WorkflowTaskFailedException failed)
                {
                    failures.Add($"{failed.Message} ({failed.FailureDetails})");
                }
            }

            return $"{result} {string.Join(' ', failures)}";
        });

        Assert.Equal(["CC#0 Child 5"], run.Start());
        Assert.Equal("child-1", run.LastResponse!.Actions[0].CreateChildWorkflow.InstanceId);
        Assert.Equal(["CC#1 Child"], run.Turn(ChildCompleted(0, "7")));
        Assert.NotEmpty(run.LastResponse.Actions[0].CreateChildWorkflow.InstanceId);
        Assert.Equal(["CC#2 Child"], run.Turn(ChildFailed(1, new TaskFailureDetails { ErrorType = "X", ErrorMessage = "x" })));
        Assert.Equal(
            ["EC#3 COMPLETED \"7 Child workflow \\u0027Child\\u0027 failed (X: x) Child workflow \\u0027Child\\u0027 failed (Exception: Unknown message)\""],
            run.Turn(ChildFailed(2, null)));
    }

    private sealed class Unconstructible : Workflow<string, string>
    {
        public Unconstructible() => throw new NotSupportedException("no");

        public override Task<string> RunAsync(WorkflowContext context, string input) => Task.FromResult(input);
    }
}
