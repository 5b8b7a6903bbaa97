using Dapr.Client.Autogen.Grpc.v1;
using DaprShop.Sidecar.State;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace DaprShop.Sidecar.Grpc;

internal static partial class DaprService
{
    private static void BindState(Binder b)
    {
        b.Unary<GetStateRequest, GetStateResponse>("GetState", GetState);
        b.Unary<GetBulkStateRequest, GetBulkStateResponse>("GetBulkState", GetBulkState);
        b.Unary<SaveStateRequest, Empty>("SaveState", SaveState);
        b.Unary<DeleteStateRequest, Empty>("DeleteState", DeleteState);
        b.Unary<DeleteBulkStateRequest, Empty>("DeleteBulkState", DeleteBulkState);
        b.Unary<ExecuteStateTransactionRequest, Empty>("ExecuteStateTransaction", ExecuteStateTransaction);
    }

    private static async Task<GetStateResponse> GetState(GetStateRequest request, ServerCallContext context)
    {
        var response = new GetStateResponse();
        var store = SidecarOf(context).State.Get(request.StoreName);
        if (await store.GetAsync(request.Key, context.CancellationToken).ConfigureAwait(false) is { } entry)
        {
            response.Data = UnsafeByteOperations.UnsafeWrap(entry.Value);
            response.Etag = entry.ETag;
            AddExpiry(response.Metadata, entry);
        }

        return response;
    }

    private static async Task<GetBulkStateResponse> GetBulkState(GetBulkStateRequest request, ServerCallContext context)
    {
        var store = SidecarOf(context).State.Get(request.StoreName);
        var entries = await store.GetAsync(request.Keys, context.CancellationToken).ConfigureAwait(false);
        var response = new GetBulkStateResponse();
        for (var i = 0; i < entries.Count; i++)
        {
            var item = new BulkStateItem { Key = request.Keys[i] };
            if (entries[i] is { } entry)
            {
                item.Data = UnsafeByteOperations.UnsafeWrap(entry.Value);
                item.Etag = entry.ETag;
                AddExpiry(item.Metadata, entry);
            }

            response.Items.Add(item);
        }

        return response;
    }

    private static async Task<Empty> SaveState(SaveStateRequest request, ServerCallContext context)
    {
        var store = SidecarOf(context).State.Get(request.StoreName);
        await store.SaveAsync([.. request.States.Select(UpsertOf)], context.CancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    private static async Task<Empty> DeleteState(DeleteStateRequest request, ServerCallContext context)
    {
        var store = SidecarOf(context).State.Get(request.StoreName);
        var item = DeleteOf(request.Key, request.Etag, request.Options, request.Metadata);
        await store.DeleteAsync([item], context.CancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    private static async Task<Empty> DeleteBulkState(DeleteBulkStateRequest request, ServerCallContext context)
    {
        var store = SidecarOf(context).State.Get(request.StoreName);
        StateDelete[] items = [.. request.States.Select(item => DeleteOf(item.Key, item.Etag, item.Options, item.Metadata))];
        await store.DeleteAsync(items, context.CancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    private static async Task<Empty> ExecuteStateTransaction(ExecuteStateTransactionRequest request, ServerCallContext context)
    {
        var store = SidecarOf(context).State.Get(request.StoreName);
        StateOperation[] operations = [.. request.Operations.Select(OperationOf)];
        await store.TransactAsync(operations, context.CancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    private static StateOperation OperationOf(TransactionalStateOperation operation) => operation.OperationType switch
    {
        "upsert" => UpsertOf(operation.Request ?? new StateItem()),
        "delete" => DeleteOf(operation.Request.Key, operation.Request.Etag, operation.Request.Options, operation.Request.Metadata),
        _ => throw StateErrors.UnknownOperation(operation.OperationType),
    };

    private static StateUpsert UpsertOf(StateItem item) => new(item.Key, item.Value.ToByteArray())
    {
        ETag = item.Etag?.Value,
        Concurrency = ConcurrencyOf(item.Options),
        Metadata = MetadataOf(item.Metadata),
    };

    private static StateDelete DeleteOf(string key, Etag? etag, StateOptions? options, MapField<string, string> metadata) => new(key)
    {
        ETag = etag?.Value,
        Concurrency = ConcurrencyOf(options),
        Metadata = MetadataOf(metadata),
    };

    private static Concurrency ConcurrencyOf(StateOptions? options) => options?.Concurrency switch
    {
        StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite => Concurrency.FirstWrite,
        StateOptions.Types.StateConcurrency.ConcurrencyLastWrite => Concurrency.LastWrite,
        _ => Concurrency.Unspecified,
    };

    private static IReadOnlyDictionary<string, string> MetadataOf(MapField<string, string> metadata) =>
        metadata.Count == 0 ? StateOperation.NoMetadata : new Dictionary<string, string>(metadata);

    private static void AddExpiry(MapField<string, string> metadata, StateEntry entry)
    {
        if (entry.TtlExpireTime is { } expires)
        {
            metadata.Add("ttlExpireTime", expires);
        }
    }
}
