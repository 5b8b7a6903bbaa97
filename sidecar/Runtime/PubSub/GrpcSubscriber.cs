using System.Collections.Frozen;
using System.Text;
using DaprShop.Sidecar.Resources;
using Grpc.Core;

namespace DaprShop.Sidecar.PubSub;

/// <summary>The app as a subscriber over gRPC: AppCallback.OnTopicEvent and OnBulkTopicEvent.</summary>
internal sealed class GrpcSubscriber(Sidecar sidecar, Subscription subscription, bool isRaw) : IEventSubscriber, IBulkSubscriber
{
    // Metadata comes from publishers: it must not change how the call is made or whom it claims to come from.
    private static readonly FrozenSet<string> s_reserved = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "host", "connection", "content-type", "content-length", "te", "user-agent", "dapr-api-token", "traceparent", "tracestate");

    public async Task<DeliveryResult> SendAsync(
        BrokerMessage message, RoutedEvent routed, TraceContext trace, CancellationToken cancellationToken)
    {
        var request = TopicEvents.Single(subscription, routed);
        var metadata = MetadataOf(message, trace);
        try
        {
            var answer = await sidecar.App.Callbacks.OnTopicEventAsync(request, metadata, cancellationToken).ConfigureAwait(false);
            return TopicEvents.ResultOf(answer.Status);
        }
        catch (RpcException e)
        {
            return Refused(e, "OnTopicEvent");
        }
    }

    public async Task<BulkReply> SendAsync(string path, IReadOnlyList<BulkEvent> events, CancellationToken cancellationToken)
    {
        var request = TopicEvents.Bulk(subscription, isRaw, path, events);
        try
        {
            var answer = await sidecar.App.Callbacks.OnBulkTopicEventAsync(request, cancellationToken).ConfigureAwait(false);
            return new BulkReply(
                null,
                answer.Statuses.DistinctBy(entry => entry.EntryId).ToDictionary(entry => entry.EntryId, entry => TopicEvents.WordOf(entry.Status)));
        }
        catch (RpcException e)
        {
            return BulkReply.Same(Refused(e, "OnBulkTopicEvent"));
        }
    }

    private static DeliveryResult Refused(RpcException refusal, string method) => refusal.StatusCode == StatusCode.Unimplemented
        ? new DeliveryResult(DeliveryOutcome.Dropped, $"the app does not implement {method}")
        : new DeliveryResult(DeliveryOutcome.Failed, $"the app answered {refusal.StatusCode}: {refusal.Status.Detail}", (int)refusal.StatusCode);

    private static Metadata MetadataOf(BrokerMessage message, TraceContext trace)
    {
        var metadata = new Metadata();
        foreach (var (name, value) in message.Metadata)
        {
            if (IsMetadata(name, value))
            {
                metadata.Add(name, value);
            }
        }

        if (trace.TraceParent.Length > 0)
        {
            metadata.Add("traceparent", trace.TraceParent);
            if (trace.TraceState.Length > 0)
            {
                metadata.Add("tracestate", trace.TraceState);
            }
        }

        return metadata;
    }

    private static bool IsMetadata(string name, string value) =>
        name.Length > 0
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
        && !name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase)
        && !name.EndsWith("-bin", StringComparison.OrdinalIgnoreCase)
        && !s_reserved.Contains(name)
        && Ascii.IsValid(value) && !value.Any(char.IsControl);
}
