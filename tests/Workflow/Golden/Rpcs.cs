using Dapr.Workflow.Protocol;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Client = Dapr.Workflow.Protocol.TaskHubSidecarService.TaskHubSidecarServiceClient;

namespace DaprShop.Workflow.Tests.Golden;

/// <summary>The calls of the workflow service by their names.</summary>
internal static class Rpcs
{
    private delegate Task<IMessage> Call(Client client, string request, CancellationToken cancellationToken);

    private sealed record Rpc(Call Call, MessageParser Answer);

    private static readonly Dictionary<string, Rpc> s_rpcs = new()
    {
        ["Hello"] = Of<Empty, Empty>((c, r, t) => c.HelloAsync(r, cancellationToken: t)),
        ["StartInstance"] = Of<CreateInstanceRequest, CreateInstanceResponse>((c, r, t) => c.StartInstanceAsync(r, cancellationToken: t)),
        ["GetInstance"] = Of<GetInstanceRequest, GetInstanceResponse>((c, r, t) => c.GetInstanceAsync(r, cancellationToken: t)),
        ["WaitForInstanceStart"] = Of<GetInstanceRequest, GetInstanceResponse>((c, r, t) => c.WaitForInstanceStartAsync(r, cancellationToken: t)),
        ["WaitForInstanceCompletion"] =
            Of<GetInstanceRequest, GetInstanceResponse>((c, r, t) => c.WaitForInstanceCompletionAsync(r, cancellationToken: t)),
        ["GetInstanceHistory"] =
            Of<GetInstanceHistoryRequest, GetInstanceHistoryResponse>((c, r, t) => c.GetInstanceHistoryAsync(r, cancellationToken: t)),
        ["ListInstanceIDs"] = Of<ListInstanceIDsRequest, ListInstanceIDsResponse>((c, r, t) => c.ListInstanceIDsAsync(r, cancellationToken: t)),
        ["RaiseEvent"] = Of<RaiseEventRequest, RaiseEventResponse>((c, r, t) => c.RaiseEventAsync(r, cancellationToken: t)),
        ["TerminateInstance"] = Of<TerminateRequest, TerminateResponse>((c, r, t) => c.TerminateInstanceAsync(r, cancellationToken: t)),
        ["SuspendInstance"] = Of<SuspendRequest, SuspendResponse>((c, r, t) => c.SuspendInstanceAsync(r, cancellationToken: t)),
        ["ResumeInstance"] = Of<ResumeRequest, ResumeResponse>((c, r, t) => c.ResumeInstanceAsync(r, cancellationToken: t)),
        ["PurgeInstances"] = Of<PurgeInstancesRequest, PurgeInstancesResponse>((c, r, t) => c.PurgeInstancesAsync(r, cancellationToken: t)),
        ["RerunWorkflowFromEvent"] =
            Of<RerunWorkflowFromEventRequest, RerunWorkflowFromEventResponse>((c, r, t) => c.RerunWorkflowFromEventAsync(r, cancellationToken: t)),
        ["CompleteOrchestratorTask"] = Of<WorkflowResponse, CompleteTaskResponse>((c, r, t) => c.CompleteOrchestratorTaskAsync(r, cancellationToken: t)),
        ["CompleteWorkflowTask"] = Of<WorkflowResponse, CompleteTaskResponse>((c, r, t) => c.CompleteWorkflowTaskAsync(r, cancellationToken: t)),
        ["CompleteActivityTask"] = Of<ActivityResponse, CompleteTaskResponse>((c, r, t) => c.CompleteActivityTaskAsync(r, cancellationToken: t)),
    };

    public static Task<IMessage> CallAsync(Client client, string rpc, string request, CancellationToken cancellationToken) =>
        s_rpcs[rpc].Call(client, request, cancellationToken);

    public static IMessage ParseAnswer(string rpc, string json) => s_rpcs[rpc].Answer.ParseJson(json);

    /// <summary>Calls that are answered when a worker has done something.</summary>
    public static bool Waits(string rpc) => rpc.StartsWith("Wait", StringComparison.Ordinal) || Stores(rpc);

    public static bool Stores(string rpc) => rpc is "StartInstance" or "TerminateInstance" or "SuspendInstance" or "ResumeInstance";

    /// <summary>The event that a call puts into an inbox: whose, and how to know it.</summary>
    public static (string InstanceId, Func<HistoryEvent, bool> IsIt)? EventOf(string rpc, string request)
    {
        switch (rpc)
        {
            case "CompleteActivityTask":
                var activity = JsonParser.Default.Parse<ActivityResponse>(request);
                return (activity.InstanceId, e => (e.TaskCompleted?.TaskScheduledId ?? e.TaskFailed?.TaskScheduledId) == activity.TaskId);
            case "RaiseEvent":
                var raise = JsonParser.Default.Parse<RaiseEventRequest>(request);
                return (raise.InstanceId, e => e.EventRaised is { } raised && (raised.Name, raised.Input) == (raise.Name, raise.Input));
            case "TerminateInstance":
                return (JsonParser.Default.Parse<TerminateRequest>(request).InstanceId, e => e.ExecutionTerminated is not null);
            case "SuspendInstance":
                return (JsonParser.Default.Parse<SuspendRequest>(request).InstanceId, e => e.ExecutionSuspended is not null);
            case "ResumeInstance":
                return (JsonParser.Default.Parse<ResumeRequest>(request).InstanceId, e => e.ExecutionResumed is not null);
            default:
                return null;
        }
    }

    private static Rpc Of<TRequest, TAnswer>(Func<Client, TRequest, CancellationToken, AsyncUnaryCall<TAnswer>> call)
        where TRequest : IMessage, new()
        where TAnswer : class, IMessage<TAnswer>, new() => new(
            async (client, request, cancellationToken) => await call(client, JsonParser.Default.Parse<TRequest>(request), cancellationToken),
            new MessageParser<TAnswer>(() => new TAnswer()));
}
