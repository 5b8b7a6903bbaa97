using System.Text.Json;
using System.Text.Json.Serialization;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.PubSub;

/// <summary>The app as a subscriber over HTTP: a POST to the event's route.</summary>
internal sealed class HttpSubscriber(Sidecar sidecar, Subscription subscription, bool isRaw) : IEventSubscriber, IBulkSubscriber
{
    public async Task<DeliveryResult> SendAsync(
        BrokerMessage message, RoutedEvent routed, TraceContext trace, CancellationToken cancellationToken)
    {
        using var request = EventRequest.Create(routed.Path, routed.Body, subscription.PubSubName, message.Metadata, trace);
        using var response = await sidecar.App.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return AppAnswer.Read(response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
    }

    public async Task<BulkReply> SendAsync(string path, IReadOnlyList<BulkEvent> events, CancellationToken cancellationToken)
    {
        using var request = BulkRequest.Create(path, subscription, isRaw, events);
        using var response = await sidecar.App.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return response.IsSuccessStatusCode
            ? new BulkReply(null, StatusesOf(body))
            : BulkReply.Same(AppAnswer.Read(response.StatusCode, body));
    }

    private static Dictionary<string, string?> StatusesOf(byte[] body)
    {
        try
        {
            return (JsonSerializer.Deserialize(body, BulkJson.Default.BulkAnswer)?.Statuses ?? [])
                .Where(status => status.EntryId is not null)
                .DistinctBy(status => status.EntryId)
                .ToDictionary(status => status.EntryId!, status => status.Status);
        }
        catch (JsonException)
        {
            // An answer that cannot be read acknowledges nothing.
            return [];
        }
    }
}

internal sealed record BulkAnswer(List<BulkStatus>? Statuses);

internal sealed record BulkStatus(string? EntryId, string? Status);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(BulkAnswer))]
internal sealed partial class BulkJson : JsonSerializerContext;
