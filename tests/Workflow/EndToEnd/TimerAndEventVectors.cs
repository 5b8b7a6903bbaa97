using Dapr.Workflow;
using DaprShop.Sidecar.Workflows.Protocol;

namespace DaprShop.Workflow.Tests.EndToEnd;

public sealed class TimerAndEventVectors
{
    [Fact]
    public async Task Vector_15_A_timer_fires_when_it_is_due_and_not_before()
    {
        await using var it = await Together.StartAsync<double, double>(SleepAsync);
        await it.StartAsync(2);
        Assert.Equal(TimeSpan.FromSeconds(2), it.Events()[2].TimerCreated.FireAt.ToDateTime() - it.Events()[0].Timestamp.ToDateTime());
        await AfterAsync(it, seconds: 1.999, "WS ES TMC#0");
        it.Clock.Advance(TimeSpan.FromSeconds(0.001));

        Assert.Equal(2, (await it.EndAsync()).ReadOutputAs<double>());
        Assert.Equal("WS ES TMC#0 WS TMF(0) EC(Completed)", it.History());
    }

    [Fact]
    public async Task Vector_16_A_timer_that_came_due_while_the_sidecar_was_down_fires_once_after_it_is_back()
    {
        await using var it = await Together.StartAsync<double, double>(SleepAsync);
        await it.StartAsync(5);
        await AfterAsync(it, seconds: 1, "WS ES TMC#0");
        await it.KillSidecarAsync(later: TimeSpan.FromSeconds(7));

        Assert.Equal(8, (await it.EndAsync()).ReadOutputAs<double>());
        Assert.Equal("WS ES TMC#0 WS TMF(0) EC(Completed)", it.History());
    }

    [Fact]
    public async Task Vector_17_A_restart_makes_a_timer_neither_early_nor_late()
    {
        await using var it = await Together.StartAsync<double, double>(SleepAsync);
        await it.StartAsync(8);
        await AfterAsync(it, seconds: 1, "WS ES TMC#0");
        await it.KillSidecarAsync(later: TimeSpan.FromSeconds(1));
        await AfterAsync(it, seconds: 5.5, "WS ES TMC#0");
        it.Clock.Advance(TimeSpan.FromSeconds(0.5));

        Assert.Equal(8, (await it.EndAsync()).ReadOutputAs<double>());
        Assert.Equal("WS ES TMC#0 WS TMF(0) EC(Completed)", it.History());
    }

    [Theory]
    [InlineData("approved")]
    [InlineData("APPROVED")]
    public async Task Vector_18_and_21_An_event_reaches_the_wait_for_it_whatever_its_case(string name)
    {
        await using var it = await Together.StartAsync<int, string>((context, _) => context.WaitForExternalEventAsync<string>("approved"));
        await it.StartAsync();
        await it.Client.RaiseEventAsync("a", name, "yes");

        Assert.Equal("yes", (await it.EndAsync()).ReadOutputAs<string>());
        Assert.Equal($"WS ES WS ER({name}) EC(Completed)", it.History());
    }

    [Fact]
    public async Task Vector_19_An_event_before_its_wait_is_kept_and_no_other_event_is_needed()
    {
        var hold = new Hold();
        await using var it = await Together.StartAsync<int, string>(
            async (context, _) =>
            {
                await context.CallActivityAsync("Hold");
                return await context.WaitForExternalEventAsync<string>("go");
            },
            more => more.RegisterActivity<int, int>("Hold", (_, _) => hold.PassAsync(1)));
        await it.StartAsync();
        await it.Client.RaiseEventAsync("a", "go", "early");
        await it.HasHappenedAsync("ER(go)");
        hold.Release();

        Assert.Equal("early", (await it.EndAsync()).ReadOutputAs<string>());
        Assert.Equal("WS ES TS#0 WS ER(go) WS TC(0) EC(Completed)", it.History());
    }

    [Fact]
    public async Task Vector_20_and_22_Events_raised_before_the_start_come_with_the_first_turn_in_order()
    {
        await using var it = await Together.StartAsync<int, int[]>(async (context, _) =>
        {
            var waits = Enumerable.Range(0, 3).Select(_ => context.WaitForExternalEventAsync<int>("item")).ToArray();
            return await Task.WhenAll(waits);
        });
        await it.StartAsync(at: it.Clock.GetUtcNow().AddSeconds(2));
        for (var i = 1; i <= 3; i++)
        {
            await it.Client.RaiseEventAsync("a", "item", i);
        }

        Assert.Equal(WorkflowRuntimeStatus.Pending, (await it.Client.GetWorkflowStateAsync("a")).RuntimeStatus);
        it.Clock.Advance(TimeSpan.FromSeconds(2));

        var end = await it.EndAsync();
        Assert.Equal([1, 2, 3], end.ReadOutputAs<int[]>()!);
        Assert.Equal("WS ES ER(item) ER(item) ER(item) EC(Completed)", it.History());
    }

    [Fact]
    public async Task Vector_23_An_event_beats_its_timeout_and_the_late_timer_does_nothing()
    {
        var hold = new Hold();
        await using var it = await Together.StartAsync<int, string>(
            async (context, _) =>
            {
                var value = await context.WaitForExternalEventAsync<string>("go", TimeSpan.FromSeconds(2));
                await context.CallActivityAsync("Hold");
                return value;
            },
            more => more.RegisterActivity<int, int>("Hold", (_, _) => hold.PassAsync(1)));
        await it.StartAsync();
        it.Clock.Advance(TimeSpan.FromSeconds(1));
        await it.Client.RaiseEventAsync("a", "go", "in time");
        await hold.Begun;
        it.Clock.Advance(TimeSpan.FromSeconds(3));
        await it.HasHappenedAsync("TMF(0)");
        hold.Release();

        Assert.Equal("in time", (await it.EndAsync()).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Vector_24_After_a_timeout_the_next_wait_gets_the_late_event()
    {
        await using var it = await Together.StartAsync<int, string>(async (context, _) =>
        {
            try
            {
                return await context.WaitForExternalEventAsync<string>("go", TimeSpan.FromSeconds(1));
            }
            catch (TaskCanceledException)
            {
                return $"at last {await context.WaitForExternalEventAsync<string>("go")}";
            }
        });
        await it.StartAsync();
        it.Clock.Advance(TimeSpan.FromSeconds(1));
        await it.HasHappenedAsync("TMF(0)");
        it.Clock.Advance(TimeSpan.FromSeconds(2));
        await it.Client.RaiseEventAsync("a", "go", "here");

        Assert.Equal("at last here", (await it.EndAsync()).ReadOutputAs<string>());
        Assert.Equal("WS ES TMC#0 WS TMF(0) WS ER(go) EC(Completed)", it.History());
    }

    [Fact]
    public async Task Vector_56_An_event_of_one_workflow_reaches_another_and_a_missing_one_is_ignored()
    {
        await using var it = await Together.StartAsync<string, string>(async (context, role) =>
        {
            if (role == "receiver")
            {
                return await context.WaitForExternalEventAsync<string>("hello");
            }

            context.SendEvent("receiver", "hello", "from a");
            context.SendEvent("nobody", "hello", "from a");
            return "sent";
        });
        await it.StartAsync("receiver", id: "receiver");
        await it.RunAsync("sender");

        Assert.Equal("from a", (await it.EndAsync("receiver")).ReadOutputAs<string>());
        Assert.Equal("WS ES EVS#0 EVS#1 EC(Completed)", it.History());
        Assert.Equal("WS ES WS ER(hello) EC(Completed)", it.History("receiver"));
    }

    // Time goes by and nothing has happened then, even when all that was to be done by now is done.
    private static async Task AfterAsync(Together it, double seconds, string history)
    {
        it.Clock.Advance(TimeSpan.FromSeconds(seconds));
        await it.SettleAsync();
        Assert.Equal(history, it.History());
    }

    private static async Task<double> SleepAsync(WorkflowContext context, double seconds)
    {
        var begin = context.CurrentUtcDateTime;
        await context.CreateTimer(TimeSpan.FromSeconds(seconds));
        return (context.CurrentUtcDateTime - begin).TotalSeconds;
    }
}
