using System.Threading.Channels;
using DaprShop.Sidecar.Workflows;
using DaprShop.Sidecar.Workflows.Protocol;

namespace DaprShop.Workflow.Tests.Engine;

/// <summary>A worker that does what the test says, item by item.</summary>
internal sealed class ScriptedWorker : IAsyncDisposable
{
    /// <summary>How long anything may take before a test fails; nothing ever waits for it when all is well.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly WorkflowApp _app;
    private readonly CancellationTokenSource _gone = new();
    private readonly Channel<WorkItem> _items = Channel.CreateUnbounded<WorkItem>();
    private readonly Task _reading;

    public ScriptedWorker(WorkflowApp app)
    {
        _app = app;
        _reading = ReadAsync();
    }

    /// <summary>The next item, which must be a turn.</summary>
    public async Task<Turn> TurnAsync(string? instanceId = null)
    {
        var item = await NextAsync();
        Assert.NotNull(item.WorkflowRequest);
        Assert.Equal(instanceId ?? item.WorkflowRequest.InstanceId, item.WorkflowRequest.InstanceId);
        return new Turn(_app, item);
    }

    /// <summary>The next item, which must be an activity.</summary>
    public async Task<Activity> ActivityAsync(string? name = null)
    {
        var item = await NextAsync();
        Assert.NotNull(item.ActivityRequest);
        Assert.Equal(name ?? item.ActivityRequest.Name, item.ActivityRequest.Name);
        return new Activity(_app, item);
    }

    public Task<WorkItem> NextAsync() => _items.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>The next item, however long it takes.</summary>
    public ValueTask<WorkItem> NextAsync(CancellationToken cancellationToken) => _items.Reader.ReadAsync(cancellationToken);

    /// <summary>Everything this worker was sent and nobody has read.</summary>
    public IReadOnlyList<WorkItem> Unread
    {
        get
        {
            var items = new List<WorkItem>();
            while (_items.Reader.TryRead(out var item))
            {
                items.Add(item);
            }

            return items;
        }
    }

    /// <summary>The stream ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_reading.IsCompleted)
        {
            await _gone.CancelAsync();
            await _reading;
            _gone.Dispose();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var item in _app.GetWorkItemsAsync(_gone.Token))
            {
                // What goes over the wire is a copy.
                _items.Writer.TryWrite(item.Clone());
            }
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The test has ended the stream.
        }
    }
}

internal sealed record Turn(WorkflowApp App, WorkItem Item)
{
    public WorkflowRequest Request => Item.WorkflowRequest;

    public string Past => Shape.Of(Request.PastEvents);

    public string New => Shape.Of(Request.NewEvents);

    public Task AnswerAsync(params WorkflowAction[] actions) => AnswerAsync(Item.CompletionToken, actions);

    public Task AnswerAsync(string token, WorkflowAction[] actions, string? customStatus = null) => App.CompleteTurnAsync(new WorkflowResponse
    {
        InstanceId = Request.InstanceId,
        Actions = { actions },
        CompletionToken = token,
        CustomStatus = customStatus,
    }).WaitAsync(ScriptedWorker.Patience);
}

internal sealed record Activity(WorkflowApp App, WorkItem Item)
{
    public ActivityRequest Request => Item.ActivityRequest;

    public Task AnswerAsync(string? result) => AnswerAsync(result, Item.CompletionToken);

    public Task AnswerAsync(string? result, string token) => SendAsync(new ActivityResponse { Result = result }, token);

    public Task FailAsync(string message) => SendAsync(
        new ActivityResponse { FailureDetails = new TaskFailureDetails { ErrorType = "Error", ErrorMessage = message } }, Item.CompletionToken);

    private Task SendAsync(ActivityResponse response, string token)
    {
        response.InstanceId = Request.WorkflowInstance.InstanceId;
        response.TaskId = Request.TaskId;
        response.CompletionToken = token;
        return App.CompleteActivityAsync(response).WaitAsync(ScriptedWorker.Patience);
    }
}
