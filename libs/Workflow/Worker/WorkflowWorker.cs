using Dapr.Workflow.Protocol;
using Dapr.Workflow.Replay;
using Dapr.Workflow.Sidecar;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Worker;

/// <summary>
/// Takes work items from the sidecar for as long as the host runs. The sidecar may come later or go away: the worker tries again until it is
/// back. There is no way to refuse an item; one that gets no answer is given out anew by the sidecar.
/// </summary>
internal sealed partial class WorkflowWorker(
    SidecarConnection connection,
    WorkflowRunner workflows,
    ActivityRunner activities,
    CompletionSender completions,
    WorkflowRuntimeOptions options,
    IServiceScopeFactory scopes,
    ILogger<WorkflowWorker> logger) : BackgroundService
{
    private static readonly TimeSpan s_helloInterval = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _workflowSlots = new(options.MaxConcurrentWorkflows);
    private readonly SemaphoreSlim _activitySlots = new(options.MaxConcurrentActivities);
    private readonly RunningItems _running = new();
    private readonly CancellationTokenSource _giveUp = new();

    /// <summary>Ends the stream, then waits for the items in hand; those that are not done in time send nothing any more.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _giveUp.CancelAsync();
    }

    public override void Dispose()
    {
        // The token source is left to the collector: a host that is disposed while it stops is still to call CancelAsync.
        base.Dispose();
        _giveUp.Cancel();
        _workflowSlots.Dispose();
        _activitySlots.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Lets the host go on at once, whatever the first attempt to connect takes.
        await Task.Yield();
        var delay = new ReconnectDelay();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ReadWorkItemsAsync(delay, stoppingToken);
                LogStreamEnded(logger, connection.Address);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (RpcException exception)
            {
                LogStreamLost(logger, connection.Address, exception.Status);
            }
            catch (Exception exception)
            {
                LogStreamFailed(logger, exception, connection.Address);
            }

            await Task.Delay(delay.Next(), options.Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _running.WhenDoneAsync();
    }

    private async Task ReadWorkItemsAsync(ReconnectDelay delay, CancellationToken stoppingToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var stream = connection.Client.GetWorkItems(new GetWorkItemsRequest(), cancellationToken: ended.Token);
        var keepAlive = SayHelloAsync(ended.Token);
        try
        {
            await foreach (var item in stream.ResponseStream.ReadAllAsync(ended.Token))
            {
                delay.Reset();
                Dispatch(item);
            }
        }
        finally
        {
            await ended.CancelAsync();
            await keepAlive;
        }
    }

    // Balancers between worker and sidecar close connections that carry nothing for long.
    private async Task SayHelloAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(s_helloInterval, options.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    await connection.Client.HelloAsync(new Empty(), cancellationToken: cancellationToken);
                }
                catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
                {
                    LogHelloFailed(logger, exception.Status);
                }
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
    }

    private void Dispatch(WorkItem item)
    {
        switch (item.RequestCase)
        {
            case WorkItem.RequestOneofCase.WorkflowRequest:
                _running.Start(() => InSlotAsync(_workflowSlots, () => RunTurnAsync(item.WorkflowRequest, item.CompletionToken)));
                break;
            case WorkItem.RequestOneofCase.ActivityRequest:
                _running.Start(() => InSlotAsync(_activitySlots, () => RunActivityAsync(item.ActivityRequest, item.CompletionToken)));
                break;
            default:
                LogUnknownItem(logger);
                break;
        }
    }

    private async Task InSlotAsync(SemaphoreSlim slots, Func<Task> run)
    {
        try
        {
            await slots.WaitAsync(_giveUp.Token);
            try
            {
                await run();
            }
            finally
            {
                slots.Release();
            }
        }
        catch (Exception) when (_giveUp.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            // User code's exceptions are answers; what arrives here leaves the item unanswered, for the sidecar to give out anew.
            LogItemFailed(logger, exception);
        }
    }

    private async Task RunTurnAsync(WorkflowRequest request, string completionToken)
    {
        if (request.RequiresHistoryStreaming)
        {
            var history = await connection.Client.GetInstanceHistoryAsync(
                new GetInstanceHistoryRequest { InstanceId = request.InstanceId }, cancellationToken: _giveUp.Token);
            request.PastEvents.AddRange(history.Events);
        }

        WorkflowResponse response;
        await using (var scope = scopes.CreateAsyncScope())
        {
            using var span = WorkflowTracing.StartTurn(request);
            response = workflows.Run(request, scope.ServiceProvider);
        }

        response.CompletionToken = completionToken;
        await completions.SendAsync(response, _giveUp.Token);
    }

    private async Task RunActivityAsync(ActivityRequest request, string completionToken)
    {
        var response = await activities.RunAsync(request);
        response.CompletionToken = completionToken;
        await completions.SendAsync(response, _giveUp.Token);
    }

    [LoggerMessage(1, LogLevel.Information, "The workflow stream of the sidecar at {Address} ended; connecting again")]
    private static partial void LogStreamEnded(ILogger logger, Uri address);

    [LoggerMessage(2, LogLevel.Warning, "No workflow stream from the sidecar at {Address}: {Status}; trying again")]
    private static partial void LogStreamLost(ILogger logger, Uri address, Status status);

    [LoggerMessage(3, LogLevel.Error, "The workflow stream of the sidecar at {Address} failed; trying again")]
    private static partial void LogStreamFailed(ILogger logger, Exception exception, Uri address);

    [LoggerMessage(4, LogLevel.Debug, "The sidecar did not answer a hello: {Status}")]
    private static partial void LogHelloFailed(ILogger logger, Status status);

    [LoggerMessage(5, LogLevel.Warning, "The sidecar sent a work item of a kind this worker does not know; dropped")]
    private static partial void LogUnknownItem(ILogger logger);

    [LoggerMessage(6, LogLevel.Error, "A work item got no answer")]
    private static partial void LogItemFailed(ILogger logger, Exception exception);
}
