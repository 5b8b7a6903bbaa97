using System.Text.Json;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;

namespace DaprShop.Analytics;

/// <summary>Every event of the shop, of whatever type.</summary>
internal static class EventSubscriptions
{
    private static readonly string[] s_topics = [Topics.Customers, Topics.Catalog, Topics.Orders, Topics.Payments, Topics.Shipping];

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        foreach (var topic in s_topics)
        {
            routes.MapTopic(topic, Record);
        }
    }

    private static async Task<EventOutcome> Record(
        CloudEvent<JsonElement> received, EventRecorder recorder, TimeProvider time, CancellationToken cancellationToken)
    {
        // Without these two a second delivery cannot be told from another event.
        if (string.IsNullOrEmpty(received.Id) || string.IsNullOrEmpty(received.Source))
        {
            return EventOutcome.Dropped;
        }

        var data = received.Data.ValueKind == JsonValueKind.Undefined ? "null" : received.Data.GetRawText();
        await recorder.RecordAsync(
            new RecordedEvent(received.Id, received.Source, received.Topic ?? "", received.Type ?? "", received.Time ?? time.GetUtcNow(), data),
            cancellationToken);
        return EventOutcome.Taken;
    }
}
