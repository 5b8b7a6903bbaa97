using Dapr.Workflow;
using Dapr.Workflow.Client;

namespace DaprShop.Workflow.Tests.EndToEnd;

public sealed class HistoryTests
{
    [Fact]
    public async Task The_history_tells_each_attempt_with_its_name_result_or_failure()
    {
        var attempt = 0;
        var twice = new WorkflowTaskOptions(new WorkflowRetryPolicy(2, TimeSpan.FromSeconds(1)));
        await using var it = await Together.StartAsync<int, int>(
            (context, input) => context.CallActivityAsync<int>("Work", input, twice),
            more => more.RegisterActivity<int, int>("Work", (_, input) => ++attempt == 2 ? Task.FromResult(7) : throw new TimeoutException("not yet")));
        await it.StartAsync(3);
        await it.EndInTimeAsync();
        var history = await it.Client.GetInstanceHistoryAsync("a");

        var attempts = history.Where(e => e is { EventType: WorkflowHistoryEventType.TaskScheduled, Name: "Work", Data: "3" }).ToList();
        Assert.Equal(2, attempts.Count);
        var failed = history.Single(e => e.EventType == WorkflowHistoryEventType.TaskFailed);
        Assert.Equal((attempts[0].EventId, "not yet"), (failed.ScheduledId, failed.FailureDetails!.ErrorMessage));
        var completed = history.Single(e => e.EventType == WorkflowHistoryEventType.TaskCompleted);
        Assert.Equal((attempts[1].EventId, "7"), (completed.ScheduledId, completed.Data));
        Assert.Equal((Together.Flow, "3"), (history[1].Name, history[1].Data));
        Assert.Equal(["a"], (await it.Client.ListInstanceIdsAsync()).InstanceIds);
    }
}
