using Dapr.Workflow;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DaprShop.Services.Tests.Orders;

/// <summary>
/// A workflow's surroundings by script: activities answer at once with what the test says, events and timers come when it says so. What the
/// workflow asked for is written down.
/// </summary>
internal sealed class ScriptedContext : WorkflowContext
{
    private readonly Dictionary<string, Func<object?, object>> _answers = [];
    private readonly Dictionary<string, Queue<object>> _events = [];
    private readonly List<(string Event, Action<object> Deliver)> _waiting = [];
    private readonly List<(DateTime FireAt, TaskCompletionSource Timer)> _timers = [];
    private DateTime _now = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    /// <summary>The activities called, in order.</summary>
    public List<string> Called { get; } = [];

    /// <summary>Attempts that each activity may have.</summary>
    public Dictionary<string, int> Attempts { get; } = [];

    public List<object?> Statuses { get; } = [];

    public override string Name => "scripted";

    public override string InstanceId => "scripted-1";

    public override DateTime CurrentUtcDateTime => _now;

    public override bool IsReplaying => false;

    public ScriptedContext Answer(string activity, Func<object?, object> answer)
    {
        _answers[activity] = answer;
        return this;
    }

    /// <summary>The activity's retries are used up.</summary>
    public ScriptedContext Fail(string activity, string message) =>
        Answer(activity, _ => throw new WorkflowTaskFailedException(message, new WorkflowTaskFailureDetails("System.Exception", message)));

    public void Raise(string name, object payload)
    {
        var waiter = _waiting.FindIndex(waiting => waiting.Event == name);
        if (waiter < 0)
        {
            (_events.TryGetValue(name, out var kept) ? kept : _events[name] = new Queue<object>()).Enqueue(payload);
            return;
        }

        var deliver = _waiting[waiter].Deliver;
        _waiting.RemoveAt(waiter);
        deliver(payload);
    }

    /// <summary>Lets all timers that run now come due, and the time with them.</summary>
    public void FireTimers()
    {
        var due = _timers.ToArray();
        _timers.Clear();
        foreach (var (fireAt, timer) in due)
        {
            _now = fireAt > _now ? fireAt : _now;
            timer.TrySetResult();
        }
    }

    public override Task<T> CallActivityAsync<T>(string name, object? input = null, WorkflowTaskOptions? options = null)
    {
        Called.Add(name);
        Attempts[name] = options?.RetryPolicy?.MaxNumberOfAttempts ?? 1;
        try
        {
            return Task.FromResult((T)_answers[name](input));
        }
        catch (WorkflowTaskFailedException failure)
        {
            return Task.FromException<T>(failure);
        }
    }

    public override Task<T> WaitForExternalEventAsync<T>(string eventName, CancellationToken cancellationToken = default)
    {
        if (_events.TryGetValue(eventName, out var kept) && kept.TryDequeue(out var payload))
        {
            return Task.FromResult((T)payload);
        }

        var waiting = new TaskCompletionSource<T>();
        cancellationToken.Register(() => waiting.TrySetCanceled());
        _waiting.Add((eventName, delivered => waiting.TrySetResult((T)delivered)));
        return waiting.Task;
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        var timer = new TaskCompletionSource();
        cancellationToken.Register(() => timer.TrySetCanceled());
        _timers.Add((fireAt, timer));
        return timer.Task;
    }

    public override void SetCustomStatus(object? customStatus) => Statuses.Add(customStatus);

    public override Guid NewGuid() => Guid.NewGuid();

    public override bool IsPatched(string patchName) => true;

    public override ILogger CreateReplaySafeLogger(string categoryName) => NullLogger.Instance;

    public override ILogger CreateReplaySafeLogger(Type type) => NullLogger.Instance;

    public override ILogger CreateReplaySafeLogger<T>() => NullLogger.Instance;

    public override PropagatedHistory? GetPropagatedHistory() => null;

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => throw new NotSupportedException();

    public override Task<TResult> CallChildWorkflowAsync<TResult>(
        string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null) => throw new NotSupportedException();
}
