using System.Text.Json;
using Dapr.AspNetCore;
using DaprShop.Analytics.Domain;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;

namespace DaprShop.Analytics;

/// <summary>
/// Every event of the shop, of whatever type, many at a time and stored in one transaction. Identity's are left out: tokens are in them.
/// </summary>
internal static class EventSubscriptions
{
    private static readonly string[] s_topics =
        [Topics.Customers, Topics.Catalog, Topics.Inventory, Topics.Orders, Topics.Payments, Topics.Accounts, Topics.Shipping];

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        foreach (var topic in s_topics)
        {
            routes.MapTopicInBulk(topic, (EventBatch batch, SeriesStore store, TimeProvider time, CancellationToken cancellationToken) =>
                RecordAsync(topic, batch, store, time, cancellationToken));
        }
    }

    private static async Task<BulkSubscribeAppResponse> RecordAsync(
        string topic, EventBatch batch, SeriesStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var readable = new Dictionary<CloudEvent<JsonElement>, Facts>(ReferenceEqualityComparer.Instance);
        foreach (var received in batch.Events)
        {
            if (Facts.Of(topic, received.Id, received.Source, received.Type, received.Data) is { } facts)
            {
                readable.Add(received, facts);
            }
        }

        await store.RecordAsync(readable.Select(pair => (ToRow(topic, pair.Key, time), pair.Value)), cancellationToken);
        return batch.Answer(received => readable.ContainsKey(received) ? EventOutcome.Taken : EventOutcome.Dropped);
    }

    private static RecordedEvent ToRow(string topic, CloudEvent<JsonElement> received, TimeProvider time) => new(
        received.Id,
        received.Source,
        topic,
        received.Type,
        (received.Time ?? time.GetUtcNow()).ToUniversalTime(),
        received.Data.ValueKind == JsonValueKind.Undefined ? "null" : received.Data.GetRawText());
}
