using Dapr.Workflow.Protocol;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Worker;

/// <summary>
/// Hands results to the sidecar. A lost connection is met by sending again with the same token, which the sidecar takes once, for a minute and a
/// half: activities have no lease, so a result that is given up while the stream lives is missed until the worker connects anew. A failed
/// delivery never becomes a failure of the workflow.
/// </summary>
internal sealed partial class CompletionSender(
    TaskHubSidecarService.TaskHubSidecarServiceClient client, WorkflowRuntimeOptions options, ILogger<CompletionSender> logger)
{
    private const int MaxAttempts = 24;
    private static readonly TimeSpan s_firstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(5);

    public Task SendAsync(WorkflowResponse response, CancellationToken cancellationToken) =>
        SendAsync(
            // The older name of the call: every sidecar knows it.
            token => client.CompleteOrchestratorTaskAsync(response, cancellationToken: token).ResponseAsync,
            response.InstanceId,
            cancellationToken);

    public Task SendAsync(ActivityResponse response, CancellationToken cancellationToken) =>
        SendAsync(
            token => client.CompleteActivityTaskAsync(response, cancellationToken: token).ResponseAsync,
            response.InstanceId,
            cancellationToken);

    private async Task SendAsync(Func<CancellationToken, Task> send, string instanceId, CancellationToken cancellationToken)
    {
        var delay = s_firstDelay;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await send(cancellationToken);
                return;
            }
            catch (RpcException exception) when (cancellationToken.IsCancellationRequested)
            {
                LogNotSent(logger, exception, instanceId);
                return;
            }
            catch (RpcException exception) when (attempt < MaxAttempts && IsTransient(exception))
            {
                LogRetrying(logger, exception.StatusCode, instanceId, attempt);
            }
            catch (RpcException exception)
            {
                LogNotSent(logger, exception, instanceId);
                return;
            }

            await Task.Delay(delay, options.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay = delay * 2 < s_longestDelay ? delay * 2 : s_longestDelay;
        }
    }

    private static bool IsTransient(RpcException exception) => exception.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded;

    [LoggerMessage(1, LogLevel.Warning, "A result of workflow instance {InstanceId} did not reach the sidecar ({Status}), attempt {Attempt}; sending it again")]
    private static partial void LogRetrying(ILogger logger, StatusCode status, string instanceId, int attempt);

    [LoggerMessage(2, LogLevel.Error, "A result of workflow instance {InstanceId} did not reach the sidecar; the sidecar will give the work out anew")]
    private static partial void LogNotSent(ILogger logger, Exception exception, string instanceId);
}
