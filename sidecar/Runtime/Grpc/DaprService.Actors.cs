using System.Text.Json;
using Dapr.Client.Autogen.Grpc.v1;
using DaprShop.Sidecar.Actors;
using DaprShop.Sidecar.Http;
using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.Scheduling;
using DaprShop.Sidecar.State;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Grpc;

/// <summary>The actor API for clients that speak gRPC; the actors' own app speaks HTTP.</summary>
internal static partial class DaprService
{
    private static void BindActors(Binder b)
    {
        b.Unary<InvokeActorRequest, InvokeActorResponse>("InvokeActor", InvokeActor);
        b.Unary<GetActorStateRequest, GetActorStateResponse>("GetActorState", GetActorState);
        b.Unary<ExecuteActorStateTransactionRequest, Empty>("ExecuteActorStateTransaction", ExecuteActorStateTransaction);
        b.Unary<RegisterActorTimerRequest, Empty>("RegisterActorTimer", RegisterActorTimer);
        b.Unary<UnregisterActorTimerRequest, Empty>("UnregisterActorTimer", UnregisterActorTimer);
        b.Unary<RegisterActorReminderRequest, Empty>("RegisterActorReminder", RegisterActorReminder);
        b.Unary<UnregisterActorReminderRequest, Empty>("UnregisterActorReminder", UnregisterActorReminder);
    }

    private static async Task<InvokeActorResponse> InvokeActor(InvokeActorRequest request, ServerCallContext context)
    {
        var (sidecar, actor) = (SidecarOf(context), new ActorKey(request.ActorType, request.ActorId));
        var body = request.Data.ToByteArray();
        var headers = new HeaderDictionary();
        foreach (var (name, value) in request.Metadata)
        {
            headers[name] = value;
        }

        var call = new InvocationRequest
        {
            Target = actor.Type,
            Verb = HttpMethods.Put,
            Path = $"{actor.Path}/method{InvocationPath.NormalizeUnescaped(actor.ToString(), request.Method)}",
            Headers = headers,
            Body = InvocationBody.Of(body),
            TraceParent = sidecar.Tracing.IsOn ? context.GetHttpContext().TraceParent() : null,
        };
        using var response = await sidecar.Actors
            .InvokeAsync(new ActorCall(actor, call.Path, body, call), context.CancellationToken).ConfigureAwait(false);
        return new InvokeActorResponse
        {
            Data = UnsafeByteOperations.UnsafeWrap(await response.Content.ReadAsByteArrayAsync(context.CancellationToken).ConfigureAwait(false)),
        };
    }

    private static async Task<GetActorStateResponse> GetActorState(GetActorStateRequest request, ServerCallContext context)
    {
        var response = new GetActorStateResponse();
        var value = SidecarOf(context).Actors
            .GetStateAsync(new ActorKey(request.ActorType, request.ActorId), request.Key, context.CancellationToken);
        if (await value.ConfigureAwait(false) is { } entry)
        {
            response.Data = UnsafeByteOperations.UnsafeWrap(entry.Value);
            AddExpiry(response.Metadata, entry);
        }

        return response;
    }

    private static async Task<Empty> ExecuteActorStateTransaction(ExecuteActorStateTransactionRequest request, ServerCallContext context)
    {
        StateOperation[] operations = [.. request.Operations.Select(OperationOf)];
        await SidecarOf(context).Actors
            .TransactStateAsync(new ActorKey(request.ActorType, request.ActorId), operations, context.CancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    private static Task<Empty> RegisterActorTimer(RegisterActorTimerRequest request, ServerCallContext context)
    {
        SidecarOf(context).Actors.SetTimer(
            new ActorKey(request.ActorType, request.ActorId),
            new ActorTimerRequest(request.Name, request.DueTime, request.Period, request.Ttl, request.Callback, JsonOf(request.Data)));
        return Task.FromResult(new Empty());
    }

    private static Task<Empty> UnregisterActorTimer(UnregisterActorTimerRequest request, ServerCallContext context)
    {
        SidecarOf(context).Actors.RemoveTimer(new ActorKey(request.ActorType, request.ActorId), request.Name);
        return Task.FromResult(new Empty());
    }

    private static Task<Empty> RegisterActorReminder(RegisterActorReminderRequest request, ServerCallContext context) => EmptyAfter(
        SidecarOf(context).Actors.SetReminderAsync(
            new ActorKey(request.ActorType, request.ActorId),
            new ActorTimerRequest(request.Name, request.DueTime, request.Period, request.Ttl, "", JsonOf(request.Data)),
            FailurePolicy.Of(request.FailurePolicy),
            !request.HasOverwrite || request.Overwrite,
            context.CancellationToken));

    private static Task<Empty> UnregisterActorReminder(UnregisterActorReminderRequest request, ServerCallContext context) => EmptyAfter(
        SidecarOf(context).Actors
            .RemoveReminderAsync(new ActorKey(request.ActorType, request.ActorId), request.Name, context.CancellationToken));

    private static StateOperation OperationOf(TransactionalActorStateOperation operation) => operation.OperationType switch
    {
        "upsert" => new StateUpsert(operation.Key, (operation.Value?.Value ?? ByteString.Empty).ToByteArray()) { Metadata = MetadataOf(operation.Metadata) },
        "delete" => new StateDelete(operation.Key),
        var name => throw ActorErrors.StateSave($"operation type {name} not supported"),
    };

    // As daprd: bytes become a JSON text in base64.
    private static byte[] JsonOf(ByteString data) => data.IsEmpty ? [] : JsonSerializer.SerializeToUtf8Bytes(data.ToByteArray());
}
