using System.Linq.Expressions;
using DaprShop.Analytics.Domain;
using DaprShop.Contracts;
using Microsoft.EntityFrameworkCore;

namespace DaprShop.Analytics;

/// <summary>What is read from the time series. Rollups are computed when asked for, so there is nothing that could disagree with the series.</summary>
internal static class SeriesQueries
{
    public static async Task<List<SalesFigures>> TotalSalesAsync(this AnalyticsContext context, Period period, CancellationToken cancellationToken)
    {
        var totals = await context.SalesIn(period)
            .GroupBy(sale => sale.Currency)
            .Select(group => new
            {
                Currency = group.Key,
                Orders = group.LongCount(sale => !sale.IsReturn),
                Returns = group.LongCount(sale => sale.IsReturn),
                Sold = group.Sum(sale => sale.IsReturn ? 0 : sale.Amount),
                Returned = group.Sum(sale => sale.IsReturn ? sale.Amount : 0),
            })
            .OrderBy(total => total.Currency)
            .ToListAsync(cancellationToken);
        return [.. totals.Select(total => Figures(total.Currency, total.Orders, total.Returns, total.Sold, total.Returned))];
    }

    public static async Task<List<SalesBucket>> RollUpSalesAsync(
        this AnalyticsContext context, Bucket bucket, Period period, string? currency, CancellationToken cancellationToken)
    {
        var size = bucket.Milliseconds;
        var buckets = await context.SalesIn(period)
            .Where(sale => currency == null || sale.Currency == currency)
            .GroupBy(sale => new { Start = sale.At - (sale.At % size), sale.Currency })
            .Select(group => new
            {
                group.Key.Start,
                group.Key.Currency,
                Orders = group.LongCount(sale => !sale.IsReturn),
                Returns = group.LongCount(sale => sale.IsReturn),
                Sold = group.Sum(sale => sale.IsReturn ? 0 : sale.Amount),
                Returned = group.Sum(sale => sale.IsReturn ? sale.Amount : 0),
            })
            .OrderBy(sales => sales.Start).ThenBy(sales => sales.Currency)
            .ToListAsync(cancellationToken);
        return
        [
            .. buckets.Select(sales => new SalesBucket(
                DateTimeOffset.FromUnixTimeMilliseconds(sales.Start),
                Figures(sales.Currency, sales.Orders, sales.Returns, sales.Sold, sales.Returned))),
        ];
    }

    public static async Task<List<TopProduct>> TopProductsAsync(
        this AnalyticsContext context, Period period, int limit, CancellationToken cancellationToken)
    {
        var products = await context.SoldProducts
            .Where(sold => sold.At >= period.From && sold.At < period.To)
            .GroupBy(sold => new { sold.Sku, sold.Currency })
            .Select(group => new
            {
                group.Key.Sku,
                group.Key.Currency,
                Units = group.Sum(sold => sold.Units),
                Returned = group.Sum(sold => sold.Units < 0 ? -sold.Units : 0),
                Amount = group.Sum(sold => sold.Amount),
            })
            .Where(product => product.Units > 0)
            .OrderByDescending(product => product.Units).ThenBy(product => product.Sku).ThenBy(product => product.Currency)
            .Take(limit)
            .ToListAsync(cancellationToken);
        return [.. products.Select(product => new TopProduct(
            product.Sku, product.Units, product.Returned, MinorUnits.ToMoney(product.Amount, product.Currency)))];
    }

    /// <summary>Each step counts those who took the one before it earlier, or at the same moment, in the period.</summary>
    public static async Task<Conversion> ConversionAsync(this AnalyticsContext context, Period period, CancellationToken cancellationToken)
    {
        var viewed = context.ActionsIn(period, ActionNames.Viewed).GroupBy(action => action.UserId).Select(FirstTime);
        var placed = context.After(viewed, period, ActionNames.Placed);
        var confirmed = context.After(placed, period, ActionNames.Confirmed);
        return new Conversion(
            await viewed.LongCountAsync(cancellationToken),
            await placed.LongCountAsync(cancellationToken),
            await confirmed.LongCountAsync(cancellationToken));
    }

    private static IQueryable<Step> After(this AnalyticsContext context, IQueryable<Step> earlier, Period period, string name) => context
        .ActionsIn(period, name)
        .Join(earlier, action => action.UserId, step => step.UserId, (action, step) => new { Action = action, step.First })
        .Where(pair => pair.Action.At >= pair.First)
        .Select(pair => pair.Action)
        .GroupBy(action => action.UserId)
        .Select(FirstTime);

    private static Expression<Func<IGrouping<string, UserAction>, Step>> FirstTime { get; } =
        group => new Step { UserId = group.Key, First = group.Min(action => action.At) };

    private static IQueryable<Sale> SalesIn(this AnalyticsContext context, Period period) =>
        context.Sales.Where(sale => sale.At >= period.From && sale.At < period.To);

    private static IQueryable<UserAction> ActionsIn(this AnalyticsContext context, Period period, string name) =>
        context.UserActions.Where(action => action.Action == name && action.At >= period.From && action.At < period.To);

    private static SalesFigures Figures(string currency, long orders, long returns, long sold, long returned) => new(
        orders, returns, MinorUnits.ToMoney(sold, currency), MinorUnits.ToMoney(returned, currency), MinorUnits.ToMoney(sold - returned, currency));

    /// <summary>When a user first took a step.</summary>
    private sealed class Step
    {
        public required string UserId { get; init; }

        public required long First { get; init; }
    }
}
