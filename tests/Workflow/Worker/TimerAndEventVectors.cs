using Dapr.Workflow;
using static DaprShop.Workflow.Tests.Worker.Events;

namespace DaprShop.Workflow.Tests.Worker;

public sealed class TimerAndEventVectors
{
    [Fact]
    public void Vector_15_A_timer_is_counted_from_the_turns_time()
    {
        var run = Run.Of(async context => await context.CreateTimer(TimeSpan.FromSeconds(2)));

        Assert.Equal(["TMC#0 +2s createTimer"], run.Start());
        Assert.Equal(["EC#1 COMPLETED"], run.Turn(TimerFired(0)));
    }

    [Fact]
    public void A_cancelled_timer_ends_its_wait_and_is_ignored_when_it_fires()
    {
        var run = Run.Of(async context =>
        {
            using var cancel = new CancellationTokenSource();
            var timer = context.CreateTimer(TimeSpan.FromHours(1), cancel.Token);
            await context.CallActivityAsync("Step");
            cancel.Cancel();
            var wasCancelled = timer.IsCanceled;
            await context.CallActivityAsync("Step");
            return wasCancelled;
        });

        Assert.Equal(["TMC#0 +3600s createTimer", "TS#1 Step"], run.Start());
        Assert.Equal(["TS#2 Step"], run.Turn(TaskCompleted(1)));
        Assert.Empty(run.Turn(TimerFired(0)));
        Assert.Equal(["EC#3 COMPLETED true"], run.Turn(TaskCompleted(2)));
    }

    [Fact]
    public void A_timer_wants_utc()
    {
        var run = Run.Of(async context => await context.CreateTimer(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Local), CancellationToken.None));

        Assert.StartsWith("EC#0 FAILED System.ArgumentException: A timer needs a time in UTC", Assert.Single(run.Start()), StringComparison.Ordinal);
    }

    [Fact]
    public void Vector_18_An_event_reaches_the_wait_for_it()
    {
        var run = Run.Of(context => context.WaitForExternalEventAsync<string>("approved"));

        Assert.Empty(run.Start());
        Assert.Equal(["EC#0 COMPLETED \"yes\""], run.Turn(Raised("approved", "\"yes\"")));
    }

    [Fact]
    public void Vector_19_An_event_that_comes_before_the_wait_is_kept_for_it()
    {
        var run = Run.Of(async context =>
        {
            await context.CallActivityAsync("Reserve");
            return await context.WaitForExternalEventAsync<int>("approved");
        });

        run.Start();
        Assert.Empty(run.Turn(Raised("approved", "1")));
        Assert.Equal(["EC#1 COMPLETED 1"], run.Turn(TaskCompleted(0)));
    }

    [Fact]
    public void Vector_20_An_event_raised_before_the_start_is_taken_in_the_first_turn()
    {
        var run = Run.Of(context => context.WaitForExternalEventAsync<int>("go"));

        Assert.Equal(["EC#0 COMPLETED 4"], run.Start(null, Raised("go", "4")));
    }

    [Fact]
    public void Vector_21_Names_of_events_have_no_case()
    {
        var run = Run.Of(context => context.WaitForExternalEventAsync<int>("approved"));

        Assert.Equal(["EC#0 COMPLETED 4"], run.Start(null, Raised("APPROVED", "4")));
    }

    [Fact]
    public void Vector_22_Events_and_waits_of_one_name_meet_in_order()
    {
        var run = Run.Of(async context => await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => context.WaitForExternalEventAsync<int>("n"))));

        run.Start();
        Assert.Equal(["EC#0 COMPLETED [1,2,3]"], run.Turn(Raised("n", "1"), Raised("n", "2"), Raised("n", "3")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Vector_22_An_event_without_a_payload_is_the_default_value(string? payload)
    {
        var run = Run.Of(context => context.WaitForExternalEventAsync<int>("n"));

        Assert.Equal(["EC#0 COMPLETED 0"], run.Start(null, Raised("n", payload)));
    }

    [Fact]
    public void Vector_23_An_event_beats_its_timeout_and_the_late_timer_does_nothing()
    {
        var run = Run.Of(async context =>
        {
            var value = await context.WaitForExternalEventAsync<int>("go", TimeSpan.FromSeconds(2));
            await context.CallActivityAsync("Step");
            return value;
        });

        Assert.Equal(["TMC#0 +2s externalEvent(go)"], run.Start());
        Assert.Equal(["TS#1 Step"], run.Turn(Raised("go", "9")));
        Assert.Empty(run.Turn(TimerFired(0)));
        Assert.Equal(["EC#2 COMPLETED 9"], run.Turn(TaskCompleted(1)));
    }

    [Fact]
    public void Vector_24_After_a_timeout_the_next_wait_gets_the_late_event()
    {
        var run = Run.Of(async context =>
        {
            try
            {
                await context.WaitForExternalEventAsync<int>("go", TimeSpan.FromSeconds(1));
                return -1;
            }
            catch (TaskCanceledException)
            {
                return await context.WaitForExternalEventAsync<int>("go");
            }
        });

        Assert.Equal(["TMC#0 +1s externalEvent(go)"], run.Start());
        Assert.Empty(run.Turn(TimerFired(0)));
        Assert.Equal(["EC#1 COMPLETED 3"], run.Turn(Raised("go", "3")));
    }

    [Fact]
    public void A_late_event_after_a_timeout_is_kept_when_nobody_waits()
    {
        var run = Run.Of(async context =>
        {
            try
            {
                await context.WaitForExternalEventAsync<int>("go", TimeSpan.FromSeconds(1));
            }
            catch (TaskCanceledException)
            {
                await context.CallActivityAsync("Step");
            }

            return await context.WaitForExternalEventAsync<int>("go");
        });

        run.Start();
        run.Turn(TimerFired(0));
        Assert.Empty(run.Turn(Raised("go", "3")));
        Assert.Equal(["EC#2 COMPLETED 3"], run.Turn(TaskCompleted(1)));
    }

    [Fact]
    public void Vector_25_A_timeout_of_zero_is_over_at_once_and_takes_no_number()
    {
        var run = Run.Of(async context =>
        {
            await Assert.ThrowsAsync<TaskCanceledException>(() => context.WaitForExternalEventAsync<int>("go", TimeSpan.Zero));
            await context.CallActivityAsync("Step");
        });

        Assert.Equal(["TS#0 Step"], run.Start());
    }

    [Fact]
    public void Vector_25_A_negative_timeout_waits_for_ever()
    {
        var run = Run.Of(context => context.WaitForExternalEventAsync<int>("go", Timeout.InfiniteTimeSpan));

        Assert.Equal(["TMC#0 never externalEvent(go)"], run.Start());
        Assert.Equal(["EC#1 COMPLETED 3"], run.Turn(Raised("go", "3")));
    }

    [Fact]
    public void Vector_26_A_history_without_the_timer_of_an_endless_wait_still_replays()
    {
        var run = Run.Of(async context =>
        {
            await context.WaitForExternalEventAsync<int>("a", TimeSpan.FromSeconds(-1));
            var first = await context.CallActivityAsync<int>("Step");
            return first + await context.CallActivityAsync<int>("Other");
        });

        var start = Started("Test", null, Run.InstanceId, "execution-1");
        var past = new[] { TurnStarted(), start, TurnStarted(), Raised("a"), TaskScheduled(0, "Step") };
        Assert.Equal(["TS#1 Other"], run.Describe(run.Answer(past, [TurnStarted(), TaskCompleted(0, "20")])));

        past = [.. past, TurnStarted(), TaskCompleted(0, "20"), TaskScheduled(1, "Other")];
        Assert.Equal(["EC#2 COMPLETED 22"], run.Describe(run.Answer(past, [TurnStarted(), TaskCompleted(1, "2")])));
    }

    [Fact]
    public void A_cancelled_wait_is_passed_over()
    {
        var run = Run.Of(async context =>
        {
            using var cancel = new CancellationTokenSource();
            var abandoned = context.WaitForExternalEventAsync<int>("n", cancel.Token);
            var kept = context.WaitForExternalEventAsync<int>("n");
            cancel.Cancel();
            return await kept;
        });

        run.Start();
        Assert.Equal(["EC#0 COMPLETED 1"], run.Turn(Raised("n", "1")));
    }

    [Fact]
    public void A_payload_that_cannot_be_read_is_thrown_at_the_wait()
    {
        var run = Run.Of(context => context.WaitForExternalEventAsync<int>("n"));

        Assert.StartsWith("EC#0 FAILED System.Text.Json.JsonException", Assert.Single(run.Start(null, Raised("n", "\"x\""))), StringComparison.Ordinal);
    }

    [Fact]
    public void Vector_56_An_event_for_another_instance_takes_a_number_and_is_sent_once()
    {
        var run = Run.Of(async context =>
        {
            context.SendEvent("other", "go", new { Count = 1 });
            await context.CallActivityAsync("Step");
        });

        Assert.Equal(["EVS#0 go to other {\"count\":1}", "TS#1 Step"], run.Start());
        Assert.Equal(["EC#2 COMPLETED"], run.Turn(TaskCompleted(1)));
    }
}
