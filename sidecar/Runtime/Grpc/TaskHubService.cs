using DaprShop.Sidecar.Http;
using DaprShop.Sidecar.Workflows;
using DaprShop.Sidecar.Workflows.Protocol;
using Google.Protobuf.WellKnownTypes;
using Grpc.AspNetCore.Server;
using Grpc.Core;

namespace DaprShop.Sidecar.Grpc;

/// <summary>The gRPC service of workflow workers and clients (<c>TaskHubSidecarService</c>, without a package). This part: the workers.</summary>
internal sealed partial class TaskHubService : TaskHubSidecarService.TaskHubSidecarServiceBase
{
    /// <summary>One message above a gRPC limit would end the stream of all instances; the engine limits the size of each instead.</summary>
    public static void Configure(GrpcServiceOptions options)
    {
        options.MaxReceiveMessageSize = null;
        options.MaxSendMessageSize = null;
    }

    public override Task<Empty> Hello(Empty request, ServerCallContext context) => Task.FromResult(new Empty());

    public override async Task GetWorkItems(GetWorkItemsRequest request, IServerStreamWriter<WorkItem> responseStream, ServerCallContext context)
    {
        // The worker learns now that it is connected, not when there is work.
        await context.WriteResponseHeadersAsync([]).ConfigureAwait(false);
        try
        {
            await foreach (var item in WorkflowsOf(context).GetWorkItemsAsync(context.CancellationToken).ConfigureAwait(false))
            {
                await responseStream.WriteAsync(item, context.CancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (context.CancellationToken.IsCancellationRequested
            && e is OperationCanceledException or IOException or InvalidOperationException)
        {
            // The worker is gone, which is how these streams end.
        }
    }

    public override Task<CompleteTaskResponse> CompleteOrchestratorTask(WorkflowResponse request, ServerCallContext context) =>
        CompleteWorkflowTask(request, context);

    public override async Task<CompleteTaskResponse> CompleteWorkflowTask(WorkflowResponse request, ServerCallContext context)
    {
        try
        {
            await WorkflowsOf(context).CompleteTurnAsync(request).ConfigureAwait(false);
        }
        catch (InvalidTurnException e)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message));
        }

        return new CompleteTaskResponse();
    }

    public override async Task<CompleteTaskResponse> CompleteActivityTask(ActivityResponse request, ServerCallContext context)
    {
        await WorkflowsOf(context).CompleteActivityAsync(request).ConfigureAwait(false);
        return new CompleteTaskResponse();
    }

    private static WorkflowApp WorkflowsOf(ServerCallContext context) => context.GetHttpContext().Sidecar().Workflow;
}
