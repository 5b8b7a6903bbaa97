using DaprShop.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace DaprShop.Analytics;

internal static class AnalyticsApi
{
    public static void MapAnalytics(this IEndpointRouteBuilder routes) => routes.MapGet("/events", CountEvents);

    private static async Task<Ok<EventCounts>> CountEvents(EventsContext context, CancellationToken cancellationToken)
    {
        var counts = await context.Events
            .GroupBy(recorded => new { recorded.Topic, recorded.Type })
            .Select(group => new { group.Key.Topic, group.Key.Type, Count = group.LongCount() })
            .OrderBy(count => count.Topic).ThenBy(count => count.Type)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new EventCounts([.. counts.Select(count => new EventCount(count.Topic, count.Type, count.Count))]));
    }
}
