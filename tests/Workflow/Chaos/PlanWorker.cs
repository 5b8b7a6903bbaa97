using Dapr.Common.Serialization;
using Dapr.Workflow;
using Dapr.Workflow.Protocol;
using Dapr.Workflow.Replay;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DaprShop.Workflow.Tests.Chaos;

/// <summary>What a worker's process does with an item, without the process: the library's turn, and activities that remember who called.</summary>
internal sealed class PlanWorker
{
    private static readonly WorkflowRunner s_runner = Runner();
    private static readonly ServiceProvider s_services = new ServiceCollection().BuildServiceProvider();
    private readonly Dictionary<string, Plan> _plans;

    public PlanWorker(Plan plan) => _plans = plan.WithParts().ToDictionary(p => p.Label);

    /// <summary>The idempotency keys each activity was called with, by its label: one for every attempt.</summary>
    public Dictionary<string, List<string>> Keys { get; } = [];

    public static WorkflowResponse Run(WorkItem item)
    {
        var response = s_runner.Run(item.WorkflowRequest, s_services);
        response.CompletionToken = item.CompletionToken;
        return response;
    }

    public ActivityResponse Perform(WorkItem item)
    {
        var request = item.ActivityRequest;
        var label = request.Input.Trim('"');
        var keys = Keys.TryGetValue(label, out var known) ? known : Keys[label] = [];
        if (!keys.Contains(request.TaskExecutionId))
        {
            keys.Add(request.TaskExecutionId);
        }

        // An attempt that is repeated after a kill ends as it did before.
        var attempt = keys.IndexOf(request.TaskExecutionId);
        var fails = _plans[label] is { Kind: PlanKind.Failure } || (_plans[label] is { Kind: PlanKind.Retry, Count: var failures } && attempt < failures);
        var response = new ActivityResponse
        {
            InstanceId = request.WorkflowInstance.InstanceId,
            TaskId = request.TaskId,
            CompletionToken = item.CompletionToken,
        };
        if (fails)
        {
            response.FailureDetails = new TaskFailureDetails { ErrorType = "Error", ErrorMessage = $"{label} failed" };
        }
        else
        {
            response.Result = $"\"{label} done\"";
        }

        return response;
    }

    private static WorkflowRunner Runner()
    {
        var options = new WorkflowRuntimeOptions();
        options.RegisterWorkflow<PlanRun, string>(Plan.Workflow, Plan.RunAsync);
        return new WorkflowRunner(options.ToRegistry(), new JsonDaprSerializer(), NullLoggerFactory.Instance);
    }
}
