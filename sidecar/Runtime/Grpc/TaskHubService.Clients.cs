using DaprShop.Sidecar.Workflows;
using DaprShop.Sidecar.Workflows.Protocol;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace DaprShop.Sidecar.Grpc;

// What clients ask for.
internal sealed partial class TaskHubService
{
    public override async Task<CreateInstanceResponse> StartInstance(CreateInstanceRequest request, ServerCallContext context)
    {
        var workflows = WorkflowsOf(context);
        var instanceId = await workflows.StartAsync(request, context.CancellationToken).ConfigureAwait(false);
        if (request.ScheduledStartTimestamp is null)
        {
            await workflows.WaitForStartAsync(instanceId, context.CancellationToken).ConfigureAwait(false);
        }

        return new CreateInstanceResponse { InstanceId = instanceId };
    }

    public override Task<GetInstanceResponse> GetInstance(GetInstanceRequest request, ServerCallContext context) =>
        Task.FromResult(ToResponse(WorkflowsOf(context).Get(request.InstanceId), request.GetInputsAndOutputs));

    public override async Task<GetInstanceResponse> WaitForInstanceStart(GetInstanceRequest request, ServerCallContext context) => ToResponse(
        await WorkflowsOf(context).WaitForStartAsync(request.InstanceId, context.CancellationToken).ConfigureAwait(false),
        request.GetInputsAndOutputs);

    public override async Task<GetInstanceResponse> WaitForInstanceCompletion(GetInstanceRequest request, ServerCallContext context) => ToResponse(
        await WorkflowsOf(context).WaitForCompletionAsync(request.InstanceId, context.CancellationToken).ConfigureAwait(false),
        request.GetInputsAndOutputs);

    public override async Task<RaiseEventResponse> RaiseEvent(RaiseEventRequest request, ServerCallContext context)
    {
        await WorkflowsOf(context).RaiseEventAsync(request.InstanceId, request.Name, request.Input, context.CancellationToken).ConfigureAwait(false);
        return new RaiseEventResponse();
    }

    public override async Task<TerminateResponse> TerminateInstance(TerminateRequest request, ServerCallContext context)
    {
        var workflows = WorkflowsOf(context);
        try
        {
            await workflows.TerminateAsync(request.InstanceId, request.Output, request.Recursive, context.CancellationToken).ConfigureAwait(false);
        }
        catch (DaprApiException e)
        {
            throw e.Because("failed to submit termination request: ");
        }

        await workflows.WaitForCompletionAsync(request.InstanceId, context.CancellationToken).ConfigureAwait(false);
        return new TerminateResponse();
    }

    public override async Task<SuspendResponse> SuspendInstance(SuspendRequest request, ServerCallContext context)
    {
        var workflows = WorkflowsOf(context);
        await workflows.SuspendAsync(request.InstanceId, request.Reason, context.CancellationToken).ConfigureAwait(false);
        await workflows.WaitForSuspensionAsync(request.InstanceId, context.CancellationToken).ConfigureAwait(false);
        return new SuspendResponse();
    }

    public override async Task<ResumeResponse> ResumeInstance(ResumeRequest request, ServerCallContext context)
    {
        var workflows = WorkflowsOf(context);
        await workflows.ResumeAsync(request.InstanceId, request.Reason, context.CancellationToken).ConfigureAwait(false);
        await workflows.WaitForResumptionAsync(request.InstanceId, context.CancellationToken).ConfigureAwait(false);
        return new ResumeResponse();
    }

    public override async Task<PurgeInstancesResponse> PurgeInstances(PurgeInstancesRequest request, ServerCallContext context)
    {
        if (request.RequestCase != PurgeInstancesRequest.RequestOneofCase.InstanceId)
        {
            // daprd's very words: clients look for them.
            throw new RpcException(new Status(StatusCode.Unknown, "multi-instance purge is not unimplemented"));
        }

        try
        {
            var count = await WorkflowsOf(context)
                .PurgeAsync(request.InstanceId, request.Recursive, request.Force, context.CancellationToken).ConfigureAwait(false);
            return new PurgeInstancesResponse { DeletedInstanceCount = count };
        }
        catch (DaprApiException e)
        {
            throw e.Because("failed to purge orchestration state: " + (e.HttpStatus == 404 ? "failed to fetch orchestration state: " : ""));
        }
    }

    public override async Task<RerunWorkflowFromEventResponse> RerunWorkflowFromEvent(
        RerunWorkflowFromEventRequest request, ServerCallContext context) => new()
        {
            NewInstanceID = await WorkflowsOf(context).RerunAsync(request, context.CancellationToken).ConfigureAwait(false),
        };

    public override Task<ListInstanceIDsResponse> ListInstanceIDs(ListInstanceIDsRequest request, ServerCallContext context)
    {
        var (ids, next) = WorkflowsOf(context).ListIds(
            request.HasContinuationToken ? request.ContinuationToken : null,
            request.HasPageSize ? (int)Math.Min(request.PageSize, int.MaxValue) : null);
        var response = new ListInstanceIDsResponse { InstanceIds = { ids } };
        if (next is not null)
        {
            response.ContinuationToken = next;
        }

        return Task.FromResult(response);
    }

    public override Task<GetInstanceHistoryResponse> GetInstanceHistory(GetInstanceHistoryRequest request, ServerCallContext context) =>
        WorkflowsOf(context).ReadHistory(request.InstanceId) is { } events
            ? Task.FromResult(new GetInstanceHistoryResponse { Events = { events } })
            : throw new RpcException(new Status(StatusCode.NotFound, $"workflow instance '{request.InstanceId}' not found"));

    private static GetInstanceResponse ToResponse(InstanceRecord? instance, bool withPayloads) => instance is null
        ? new GetInstanceResponse()
        : new GetInstanceResponse { Exists = true, WorkflowState = ToState(instance, withPayloads) };

    private static WorkflowState ToState(InstanceRecord instance, bool withPayloads)
    {
        var state = new WorkflowState
        {
            InstanceId = instance.InstanceId,
            Name = instance.Name,
            WorkflowStatus = instance.Status,
            CreatedTimestamp = Timestamps.ToTimestamp(instance.Created),
            LastUpdatedTimestamp = Timestamps.ToTimestamp(instance.Updated),
            StartedAt = ToTimestamp(instance.Started),
            CompletedTimestamp = ToTimestamp(instance.Completed),
            ExecutionId = instance.ExecutionId,
            ParentInstanceId = instance.ParentId,
            ParentAppId = instance.ParentApp,
        };
        if (withPayloads)
        {
            state.Input = instance.Input;
            state.Output = instance.Output;
            state.CustomStatus = instance.CustomStatus;
            state.FailureDetails = instance.Failure;
        }

        return state;
    }

    private static Timestamp? ToTimestamp(long? nanoseconds) => nanoseconds is { } time ? Timestamps.ToTimestamp(time) : null;
}
