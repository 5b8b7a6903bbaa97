using Dapr.Workflow.Protocol;
using DaprShop.Sidecar.Workflows;
using Google.Protobuf;

namespace DaprShop.Workflow.Tests.Golden;

/// <summary>A worker's stream that is read item by item: a turn is begun when it is asked for.</summary>
internal sealed class PulledStream : IAsyncDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly IAsyncEnumerator<DaprShop.Sidecar.Workflows.Protocol.WorkItem> _items;
    private readonly List<WorkItem> _taken = [];
    private Task<bool>? _next;

    public PulledStream(WorkflowApp app) => _items = app.GetWorkItemsAsync(_gone.Token).GetAsyncEnumerator(_gone.Token);

    /// <summary>The next item for the same turn or activity as this one; null when it does not come.</summary>
    public async Task<WorkItem?> TakeAsync(WorkItem like, TimeSpan patience)
    {
        while (_taken.TrueForAll(item => NameOf(item) != NameOf(like)))
        {
            if (await NextAsync(patience) is not { } item)
            {
                return null;
            }

            _taken.Add(item);
        }

        var found = _taken.Find(item => NameOf(item) == NameOf(like))!;
        _taken.Remove(found);
        return found;
    }

    /// <summary>The next item; null when none comes for so long.</summary>
    public async Task<WorkItem?> NextAsync(TimeSpan patience)
    {
        // What did not come in time may still come.
        _next ??= _items.MoveNextAsync().AsTask();
        try
        {
            if (!await _next.WaitAsync(patience))
            {
                return null;
            }
        }
        catch (TimeoutException)
        {
            return null;
        }

        _next = null;
        return WorkItem.Parser.ParseFrom(_items.Current.ToByteArray());
    }

    public async ValueTask DisposeAsync()
    {
        if (_gone.IsCancellationRequested)
        {
            return;
        }

        await _gone.CancelAsync();
        if (_next is { } next)
        {
            await next.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await _items.DisposeAsync();
    }

    private static (string InstanceId, int? TaskId) NameOf(WorkItem item) => item.ActivityRequest is { } activity
        ? (activity.WorkflowInstance.InstanceId, activity.TaskId)
        : (item.WorkflowRequest.InstanceId, null);
}
