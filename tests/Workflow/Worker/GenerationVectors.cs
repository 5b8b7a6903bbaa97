using static DaprShop.Workflow.Tests.Worker.Events;

namespace DaprShop.Workflow.Tests.Worker;

public sealed class GenerationVectors
{
    [Fact]
    public void Vector_27_Thirty_generations_count_up_and_each_has_ids_of_its_own()
    {
        HashSet<Guid> ids = [];
        var run = Run.Of<int, int>((context, count) =>
        {
            ids.Add(context.NewGuid());
            if (count < 30)
            {
                context.ContinueAsNew(count + 1);
            }

            return Task.FromResult(count);
        });

        Assert.Equal(["EC#0 CONTINUED_AS_NEW 1 []"], run.Start("0"));
        string[] last = [];
        for (var generation = 1; generation <= 30; generation++)
        {
            last = run.ContinueAsNew();
        }

        Assert.Equal(["EC#0 COMPLETED 30"], last);
        Assert.Equal(31, ids.Count);
    }

    [Fact]
    public void Vector_28_Events_raised_at_once_are_taken_one_a_generation_in_order()
    {
        List<string> taken = [];
        var run = Run.Of<int, string?>(async (context, count) =>
        {
            taken.Add($"{count}:{await context.WaitForExternalEventAsync<int>("n")}");
            context.ContinueAsNew(count + 1);
            return null;
        });

        Assert.Empty(run.Start("0"));
        Assert.Equal(
            ["EC#0 CONTINUED_AS_NEW 1 [n1 n2 n3 n4]"], run.Turn([.. Enumerable.Range(0, 5).Select(i => Raised("n", $"{i}"))]));
        for (var generation = 0; generation < 4; generation++)
        {
            run.ContinueAsNew();
        }

        Assert.Empty(run.ContinueAsNew());
        Assert.Equal(["0:0", "1:1", "2:2", "3:3", "4:4"], taken);
    }

    [Fact]
    public void Vector_29_A_timer_of_the_new_generation_takes_the_numbers_anew()
    {
        var run = Run.Of<int, string?>(async (context, generation) =>
        {
            var timer = context.CreateTimer(TimeSpan.FromSeconds(generation == 1 ? 1 : 5));
            if (generation == 1)
            {
                await context.WaitForExternalEventAsync<int>("go");
                context.ContinueAsNew(2);
                return null;
            }

            await timer;
            return "fired";
        });

        Assert.Equal(["TMC#0 +1s createTimer"], run.Start("1"));
        Assert.Equal(["EC#1 CONTINUED_AS_NEW 2 []"], run.Turn(Raised("go")));
        Assert.Equal(["TMC#0 +5s createTimer"], run.ContinueAsNew());
        Assert.Equal(["EC#1 COMPLETED \"fired\""], run.Turn(TimerFired(0)));
    }

    [Fact]
    public void Vector_30_What_is_asked_for_before_the_end_of_a_generation_is_sent_before_it()
    {
        var run = Run.Of<int, string?>((context, generation) =>
        {
            _ = context.CallActivityAsync("Step");
            context.ContinueAsNew(2);
            throw new InvalidOperationException("ignored");
        });

        Assert.Equal(["TS#0 Step", "EC#1 CONTINUED_AS_NEW 2 []"], run.Start("1"));
    }

    [Theory]
    [InlineData(true, "EC#0 CONTINUED_AS_NEW 2 [b2 c3]")]
    [InlineData(false, "EC#0 CONTINUED_AS_NEW 2 []")]
    public void Vector_31_Events_later_in_the_batch_go_on_to_the_next_generation_if_wanted(bool preserve, string expected)
    {
        var run = Run.Of<int, string?>(async (context, _) =>
        {
            await context.WaitForExternalEventAsync<int>("a");
            context.ContinueAsNew(2, preserve);
            return null;
        });

        run.Start("1");
        Assert.Equal([expected], run.Turn(Raised("a", "1"), Raised("b", "2"), Raised("c", "3")));
    }

    [Fact]
    public void An_event_that_an_abandoned_wait_could_have_swallowed_goes_on_too()
    {
        var run = Run.Of<int, string?>(async (context, _) =>
        {
            var first = context.WaitForExternalEventAsync<int>("a");
            var second = context.WaitForExternalEventAsync<int>("b");
            await Task.WhenAny(first, second);
            context.ContinueAsNew(2);
            return null;
        });

        run.Start("1");
        Assert.Equal(["EC#0 CONTINUED_AS_NEW 2 [b2]"], run.Turn(Raised("a", "1"), Raised("b", "2")));
    }

    [Fact]
    public void Carried_events_keep_the_time_they_were_raised_at()
    {
        var run = Run.Of<int, string?>((context, _) =>
        {
            context.ContinueAsNew(2);
            return Task.FromResult<string?>(null);
        });

        var raised = Raised("n", "1");
        run.Start("1", raised);
        var carried = Assert.Single(run.LastResponse!.Actions[0].CompleteWorkflow.CarryoverEvents);
        Assert.Equal(raised.Timestamp, carried.Timestamp);
    }
}
