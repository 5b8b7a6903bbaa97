namespace Dapr.Workflow.Worker;

/// <summary>The work items in hand, so that a stop can wait for them.</summary>
internal sealed class RunningItems
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>Starts a work item on its own; it must not throw.</summary>
    public void Start(Func<Task> item)
    {
        var task = Task.Run(item);
        lock (_lock)
        {
            _running.Add(task);
        }

        _ = ForgetAsync(task);
    }

    /// <summary>Completes when the items in hand now are done.</summary>
    public Task WhenDoneAsync()
    {
        lock (_lock)
        {
            return Task.WhenAll(_running);
        }
    }

    private async Task ForgetAsync(Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            _running.Remove(task);
        }
    }
}
