using System.Globalization;
using Dapr.Workflow;
using DaprShop.Sidecar.Workflows.Protocol;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DaprShop.Workflow.Tests.Worker;

/// <summary>An app with a workflow worker, as a service would host it.</summary>
internal static class WorkerHost
{
    public static async Task<IHost> StartAsync(
        int grpcPort, Action<WorkflowRuntimeOptions> configure, Action<IServiceCollection>? services = null, string? token = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["DAPR_GRPC_PORT"] = grpcPort.ToString(CultureInfo.InvariantCulture),
            ["DAPR_API_TOKEN"] = token,
        });
        builder.Services.AddDaprWorkflow(configure);
        services?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    public static WorkItem Activity(string name, string? input = null, int taskId = 0, string token = "token-1") => new()
    {
        ActivityRequest = new ActivityRequest
        {
            Name = name,
            Input = input,
            TaskId = taskId,
            TaskExecutionId = $"key-{taskId}",
            WorkflowInstance = new WorkflowInstance { InstanceId = "order-1" },
        },
        CompletionToken = token,
    };

    public static WorkItem Turn(string workflow, string? input = null, string token = "token-1") => new()
    {
        WorkflowRequest = new WorkflowRequest
        {
            InstanceId = "order-1",
            NewEvents =
            {
                new HistoryEvent { EventId = -1, WorkflowStarted = new WorkflowStartedEvent() },
                new HistoryEvent { EventId = -1, ExecutionStarted = new ExecutionStartedEvent { Name = workflow, Input = input } },
            },
        },
        CompletionToken = token,
    };
}
