using Dapr.Client.Autogen.Grpc.v1;
using DaprShop.Sidecar.Workflows;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace DaprShop.Sidecar.Grpc;

// The management API of workflows; the workflow protocol itself is TaskHubService.
internal static partial class DaprService
{
    private static void BindWorkflow(Binder b)
    {
        foreach (var version in (ReadOnlySpan<string>)["Beta1", "Alpha1"])
        {
            b.Unary<StartWorkflowRequest, StartWorkflowResponse>("StartWorkflow" + version, StartWorkflow);
            b.Unary<GetWorkflowRequest, GetWorkflowResponse>("GetWorkflow" + version, GetWorkflow);
            b.Unary<PurgeWorkflowRequest, Empty>("PurgeWorkflow" + version, (request, context) =>
                EmptyAfter(Workflows(context, request.AppId).PurgeAsync(request.InstanceId, context.CancellationToken)));
            b.Unary<TerminateWorkflowRequest, Empty>("TerminateWorkflow" + version, (request, context) =>
                EmptyAfter(Workflows(context, request.AppId).TerminateAsync(request.InstanceId, context.CancellationToken)));
            b.Unary<PauseWorkflowRequest, Empty>("PauseWorkflow" + version, (request, context) =>
                EmptyAfter(Workflows(context, request.AppId).PauseAsync(request.InstanceId, context.CancellationToken)));
            b.Unary<ResumeWorkflowRequest, Empty>("ResumeWorkflow" + version, (request, context) =>
                EmptyAfter(Workflows(context, request.AppId).ResumeAsync(request.InstanceId, context.CancellationToken)));
            b.Unary<RaiseEventWorkflowRequest, Empty>("RaiseEventWorkflow" + version, RaiseEventWorkflow);
        }
    }

    private static async Task<StartWorkflowResponse> StartWorkflow(StartWorkflowRequest request, ServerCallContext context) => new()
    {
        InstanceId = await Workflows(context, request.AppId)
            .StartAsync(request.WorkflowName, request.InstanceId, request.Input.ToStringUtf8(),
                request.Options.TryGetValue("dapr.workflow.start_time", out var time) ? time : null, context.CancellationToken).ConfigureAwait(false),
    };

    private static Task<GetWorkflowResponse> GetWorkflow(GetWorkflowRequest request, ServerCallContext context)
    {
        // Unlike on HTTP, a missing instance is no error.
        var response = new GetWorkflowResponse { InstanceId = request.InstanceId };
        if (Workflows(context, request.AppId).Find(request.InstanceId) is { } instance)
        {
            response.WorkflowName = instance.Name;
            response.CreatedAt = Timestamps.ToTimestamp(instance.Created);
            response.LastUpdatedAt = Timestamps.ToTimestamp(instance.Updated);
            response.RuntimeStatus = WorkflowManagement.Word(instance.Status);
            response.Properties.Add(WorkflowManagement.PropertiesOf(instance).ToDictionary());
        }

        return Task.FromResult(response);
    }

    private static Task<Empty> RaiseEventWorkflow(RaiseEventWorkflowRequest request, ServerCallContext context) => EmptyAfter(
        Workflows(context, request.AppId)
            .RaiseEventAsync(request.InstanceId, request.EventName, request.EventData.ToStringUtf8(), context.CancellationToken));

    private static WorkflowManagement Workflows(ServerCallContext context, string appId)
    {
        var sidecar = SidecarOf(context);
        return new WorkflowManagement(appId.Length > 0 ? sidecar.Shared.Workflows.App(appId) : sidecar.Workflow);
    }

    private static async Task<Empty> EmptyAfter(Task operation)
    {
        await operation.ConfigureAwait(false);
        return new Empty();
    }
}
