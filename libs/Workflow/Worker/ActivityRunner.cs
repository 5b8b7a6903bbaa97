using System.Diagnostics;
using Dapr.Common.Serialization;
using Dapr.Workflow.Abstractions;
using Dapr.Workflow.Protocol;
using Dapr.Workflow.Registration;
using Dapr.Workflow.Replay;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Worker;

/// <summary>Runs activities, each call in a scope of its own; whatever goes wrong in one is its answer.</summary>
internal sealed partial class ActivityRunner(
    WorkflowRegistry registry, IDaprSerializer serializer, IServiceScopeFactory scopes, ILogger<ActivityRunner> logger)
{
    public async Task<ActivityResponse> RunAsync(ActivityRequest request)
    {
        using var span = WorkflowTracing.StartActivity(request);
        var response = new ActivityResponse { InstanceId = request.WorkflowInstance?.InstanceId ?? "", TaskId = request.TaskId };
        if (!registry.TryGetActivity(request.Name, out var activate))
        {
            LogUnknown(logger, request.Name, response.InstanceId);
            response.FailureDetails = new TaskFailureDetails
            {
                ErrorType = "ActivityNotFoundException",
                ErrorMessage = $"Activity '{request.Name}' not found",
                StackTrace = "",
            };
            return response;
        }

        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await RunAsync(request, response, activate, scope.ServiceProvider);
        }
        catch (Exception exception)
        {
            response.FailureDetails ??= Failures.From(exception);
            LogFailed(logger, exception, request.Name, response.InstanceId);
        }

        if (response.FailureDetails is { } failure)
        {
            span?.SetStatus(ActivityStatusCode.Error, failure.ErrorMessage);
        }

        return response;
    }

    private async Task RunAsync(
        ActivityRequest request, ActivityResponse response, Func<IServiceProvider, IWorkflowActivity> activate, IServiceProvider services)
    {
        IWorkflowActivity activity;
        try
        {
            activity = activate(services);
        }
        catch (Exception exception)
        {
            response.FailureDetails = Failures.From(exception, message: $"Activity '{request.Name}' failed to activate: {exception.Message}");
            LogFailed(logger, exception, request.Name, response.InstanceId);
            return;
        }

        try
        {
            var input = serializer.Deserialize(request.Input, activity.InputType);
            response.Result = serializer.ToPayload(await activity.RunAsync(new ActivityCallContext(request), input));
        }
        finally
        {
            // The container made the arguments, not the activity itself.
            switch (activity)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Activity {Activity} of workflow instance {InstanceId} is not registered in this app")]
    private static partial void LogUnknown(ILogger logger, string activity, string instanceId);

    [LoggerMessage(2, LogLevel.Warning, "Activity {Activity} of workflow instance {InstanceId} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string activity, string instanceId);
}
