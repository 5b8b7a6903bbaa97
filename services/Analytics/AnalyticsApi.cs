using DaprShop.Analytics.Domain;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace DaprShop.Analytics;

/// <summary>What the series say. For staff and for other services.</summary>
internal static class AnalyticsApi
{
    private const int MaxBuckets = 10_000;
    private const int DefaultTop = 10;
    private const int MaxTop = 100;

    public static void MapAnalytics(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/events", CountEvents).ForStaff();

        var analytics = routes.MapGroup("/analytics").ForStaff();
        analytics.MapGet("/sales", RollUp);
        analytics.MapGet("/sales/total", Total);
        analytics.MapGet("/products/top", Top);
        analytics.MapGet("/conversion", Convert);
    }

    private static async Task<Ok<EventCounts>> CountEvents(AnalyticsContext context, CancellationToken cancellationToken)
    {
        var counts = await context.Events
            .GroupBy(recorded => new { recorded.Topic, recorded.Type })
            .Select(group => new { group.Key.Topic, group.Key.Type, Count = group.LongCount() })
            .OrderBy(count => count.Topic).ThenBy(count => count.Type)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new EventCounts([.. counts.Select(count => new EventCount(count.Topic, count.Type, count.Count))]));
    }

    /// <summary>Buckets in which nothing was sold are left out.</summary>
    private static async Task<Ok<SalesSeries>> RollUp(
        string? bucket, string? from, string? to, string? currency, AnalyticsContext context, CancellationToken cancellationToken)
    {
        var errors = new InputErrors();
        var period = Period.Read(from, to, errors.Add);
        var size = Bucket.Find(bucket);
        errors.Check(size is not null, "bucket", "is minute, hour or day");
        errors.Check(currency is null || Currency.IsKnown(currency), "currency", "is not an ISO 4217 currency");
        var fits = size is null || period is null || size.CountIn(period) <= MaxBuckets;
        errors.Check(fits, "bucket", $"comes more than {MaxBuckets} times between from and to");
        errors.ThrowIfAny();
        return TypedResults.Ok(new SalesSeries(size!.Name, await context.RollUpSalesAsync(size, period!, currency, cancellationToken)));
    }

    /// <summary>Of all time, unless from and to say otherwise.</summary>
    private static async Task<Ok<SalesTotals>> Total(string? from, string? to, AnalyticsContext context, CancellationToken cancellationToken)
    {
        var period = from is null && to is null ? Period.Always : ReadPeriod(from, to);
        return TypedResults.Ok(new SalesTotals(await context.TotalSalesAsync(period, cancellationToken)));
    }

    private static async Task<Ok<TopProducts>> Top(
        string? from, string? to, AnalyticsContext context, CancellationToken cancellationToken, int limit = DefaultTop)
    {
        var errors = new InputErrors();
        var period = Period.Read(from, to, errors.Add);
        errors.Check(limit is >= 1 and <= MaxTop, "limit", $"is 1 to {MaxTop}");
        errors.ThrowIfAny();
        return TypedResults.Ok(new TopProducts(await context.TopProductsAsync(period!, limit, cancellationToken)));
    }

    private static async Task<Ok<Conversion>> Convert(string? from, string? to, AnalyticsContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await context.ConversionAsync(ReadPeriod(from, to), cancellationToken));

    private static Period ReadPeriod(string? from, string? to)
    {
        var errors = new InputErrors();
        var period = Period.Read(from, to, errors.Add);
        errors.ThrowIfAny();
        return period!;
    }
}
