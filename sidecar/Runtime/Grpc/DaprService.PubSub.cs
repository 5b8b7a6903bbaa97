using Dapr.Client.Autogen.Grpc.v1;
using DaprShop.Sidecar.Http;
using DaprShop.Sidecar.PubSub;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace DaprShop.Sidecar.Grpc;

internal static partial class DaprService
{
    private static void BindPubSub(Binder binder)
    {
        binder.Unary<PublishEventRequest, Empty>("PublishEvent", PublishEvent);
        binder.Unary<BulkPublishRequest, BulkPublishResponse>("BulkPublishEvent", BulkPublishEvent);
        binder.Unary<BulkPublishRequest, BulkPublishResponse>("BulkPublishEventAlpha1", BulkPublishEvent);
    }

    private static async Task<Empty> PublishEvent(PublishEventRequest request, ServerCallContext context)
    {
        await SidecarOf(context).PubSub.Publisher.PublishAsync(
            new PublishRequest
            {
                PubSubName = request.PubsubName,
                Topic = request.Topic,
                Data = request.Data.Memory,
                ContentType = request.DataContentType,
                Metadata = request.Metadata.Count > 0 ? request.Metadata.ToDictionary() : BrokerMessage.NoMetadata,
                Trace = TraceOf(context),
            },
            context.CancellationToken);
        return new Empty();
    }

    private static async Task<BulkPublishResponse> BulkPublishEvent(BulkPublishRequest request, ServerCallContext context)
    {
        var entries = request.Entries
            .Select(entry =>
            {
                var metadata = entry.Metadata.ToDictionary();
                foreach (var (name, value) in request.Metadata)
                {
                    metadata[name] = value;
                }

                return new BulkEntry(entry.EntryId, entry.Event.Memory, entry.ContentType, metadata);
            })
            .ToList();
        var failed = await SidecarOf(context).PubSub.Publisher.PublishAsync(
            request.PubsubName, request.Topic, entries, TraceOf(context), context.CancellationToken);
        return new BulkPublishResponse
        {
            FailedEntries = { failed.Select(entry => new BulkPublishResponseFailedEntry { EntryId = entry.EntryId, Error = entry.Error }) },
        };
    }

    private static TraceContext TraceOf(ServerCallContext context)
    {
        var http = context.GetHttpContext();
        return new TraceContext(http.TraceParent(), http.TraceState());
    }
}
