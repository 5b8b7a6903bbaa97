using Dapr.Workflow;
using static DaprShop.Workflow.Tests.Worker.Events;

namespace DaprShop.Workflow.Tests.Worker;

public sealed class PayloadVectors
{
    public static TheoryData<object?, string> Values => new()
    {
        { null, "" },
        { "", "\"\"" },
        { "str", "\"str\"" },
        { TimeSpan.FromSeconds(5), "\"00:00:05\"" },
        { DayOfWeek.Friday, "5" },
        { new WithFields { Name = "x", Qty = 3 }, "{\"name\":\"x\",\"qty\":3}" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Vector_52_Values_cross_the_wire_as_the_official_worker_writes_them(object? value, string wire)
    {
        var run = Run.Of(async context =>
        {
            await context.CallActivityAsync("A", value);
            return value;
        });

        run.Start();
        Assert.Equal(wire, run.LastResponse!.Actions[0].ScheduleTask.Input);
        run.Turn(TaskCompleted(0, wire));
        Assert.Equal(wire, run.LastResponse.Actions[0].CompleteWorkflow.Result);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Vector_52_No_input_is_the_default_value(string? input)
    {
        var number = Run.Of<int, int>((_, value) => Task.FromResult(value));
        var text = Run.Of<string?, bool>((_, value) => Task.FromResult(value is null));

        Assert.Equal(["EC#0 COMPLETED 0"], number.Start(input));
        Assert.Equal(["EC#0 COMPLETED true"], text.Start(input));
    }

    [Fact]
    public void Vector_52_A_result_is_read_back_as_it_was_written()
    {
        var run = Run.Of(async context =>
        {
            var record = await context.CallActivityAsync<WithFields>("A");
            var time = await context.CallActivityAsync<TimeSpan>("B");
            return record.Name == "x" && record.Qty == 3 && time == TimeSpan.FromSeconds(5);
        });

        run.Start();
        run.Turn(TaskCompleted(0, "{\"name\":\"x\",\"qty\":3}"));
        Assert.Equal(["EC#2 COMPLETED true"], run.Turn(TaskCompleted(1, "\"00:00:05\"")));
    }

    [Fact]
    public void An_input_is_taken_as_it_was_when_the_call_was_made()
    {
        var run = Run.Of(async context =>
        {
            var list = new List<int> { 1 };
            var call = context.CallActivityAsync("A", list);
            list.Add(2);
            await call;
        });

        Assert.Equal(["TS#0 A [1]"], run.Start());
    }

    [Fact]
    public void An_input_that_cannot_be_written_is_the_callers_exception_and_keeps_its_number()
    {
        var run = Run.Of(async context =>
        {
            try
            {
                await context.CallActivityAsync("A", new Cycle());
            }
            catch (System.Text.Json.JsonException)
            {
                await context.CallActivityAsync("B");
            }
        });

        Assert.Equal(["TS#1 B"], run.Start());
        Assert.Equal(["EC#2 COMPLETED"], run.Turn(TaskCompleted(1)));
    }

    [Fact]
    public void A_result_that_cannot_be_written_fails_the_workflow()
    {
        var run = Run.Of(_ => Task.FromResult(new Cycle()));

        Assert.StartsWith("EC#0 FAILED System.Text.Json.JsonException", Assert.Single(run.Start()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failures_details_name_the_inner_failures()
    {
        var run = Run.Of((Func<WorkflowContext, Task>)(_ => throw new InvalidOperationException("outer", new TimeoutException("inner"))));

        run.Start();
        var details = run.LastResponse!.Actions[0].CompleteWorkflow.FailureDetails;
        Assert.Equal(("System.TimeoutException", "inner"), (details.InnerFailure.ErrorType, details.InnerFailure.ErrorMessage));
        Assert.Null(details.InnerFailure.InnerFailure);
    }

    private sealed class WithFields
    {
        public string Name = "";
        public int Qty;
    }

    private sealed class Cycle
    {
        public Cycle Self => this;
    }
}
