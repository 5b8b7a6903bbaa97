using System.Net;
using DaprShop.Contracts;

namespace DaprShop.Services.Tests.Analytics;

/// <summary>Rollups of sales, to the penny.</summary>
[Collection(AnalyticsCollection.Name)]
public sealed class SalesTests(Databases databases)
{
    private static readonly DateTimeOffset s_midnight = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);

    [Theory, OnSqlite, OnPostgres]
    public async Task The_total_is_what_was_confirmed_less_what_came_back_in_each_currency(Database database)
    {
        await using var shop = await AnalyticsShop.StartAsync(await databases.CreateAsync(database));
        await shop.DeliverAsync(
        [
            .. Enumerable.Range(0, 300).Select(i => Confirmed($"o{i}", i % 3 == 0 ? 0.10m : 0.07m, i)),
            Confirmed("large", 90_000_000_000_000.01m, 1), Returned("o1", 0.05m, 2), Returned("o2", 0.01m, 3),
            Confirmed("yen", 1999, 1, "JPY"), Confirmed("dinar", 1.234m, 1, "KWD"), Returned("dinar", 2, 1, "KWD"),
        ]);

        Assert.Equal(
            [
                new SalesFigures(301, 2, Gbp(90_000_000_000_024.01m), Gbp(0.06m), Gbp(90_000_000_000_023.95m)),
                new SalesFigures(1, 0, new(1999, "JPY"), new(0, "JPY"), new(1999, "JPY")),
                new SalesFigures(1, 1, new(1.234m, "KWD"), new(2, "KWD"), new(-0.766m, "KWD")),
            ],
            await shop.TotalsAsync());
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Sales_are_rolled_up_by_minute_hour_and_day(Database database)
    {
        await using var shop = await AnalyticsShop.StartAsync(await databases.CreateAsync(database));
        await shop.DeliverAsync(
            Confirmed("o1", 1, 0), Confirmed("o2", 2, 59), Confirmed("o3", 4, 60), Confirmed("o4", 8, 3600), Returned("o1", 1, 3601),
            Confirmed("o5", 16, 86_399), Confirmed("o6", 32, 86_400), Confirmed("o7", 64, 86_400, "EUR"), Confirmed("before", 128, -1));

        Assert.Equal(
            [("00:00", 3m), ("00:01", 4m), ("01:00", 7m), ("23:59", 16m)], await NetAsync(shop, "minute", "2026-01-03"));
        Assert.Equal([("00:00", 7m), ("01:00", 7m), ("23:00", 16m)], await NetAsync(shop, "hour", "2026-01-03"));
        Assert.Equal([("00:00", 30m), ("00:00", 64m), ("00:00", 32m)], await NetAsync(shop, "day", "2026-01-04"));
        Assert.Equal([("00:00", 64m)], await NetAsync(shop, "day", "2026-01-04&currency=EUR"));
        Assert.Equal([("00:00", 3m)], await NetAsync(shop, "hour", "2026-01-02T00:01:00Z"));
        var hour = (await shop.GetAsync<SalesSeries>("/analytics/sales?bucket=hour&from=2026-01-02T02:00:00%2B01:00&to=2026-01-02T02:00:00Z")).Buckets;
        Assert.Equal([new SalesBucket(s_midnight.AddHours(1), new SalesFigures(1, 1, Gbp(8), Gbp(1), Gbp(7)))], hour);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Top_products_are_those_of_which_most_units_stayed_with_the_customers(Database database)
    {
        await using var shop = await AnalyticsShop.StartAsync(await databases.CreateAsync(database));
        await shop.DeliverAsync(
            Sold("o1", 0, new SoldLine("mug", 3, Gbp(30)), new SoldLine("mug", 1, Gbp(10)), new SoldLine("tea", 3, Gbp(6.50m))),
            Sold("o2", 1, new SoldLine("mug", 1, Gbp(10)), new SoldLine("hat", 9, Gbp(90)), new SoldLine("pen", 2, Gbp(2))),
            new OrderReturned("o1", "r1", Gbp(20), [new("mug", 2)], s_midnight.AddSeconds(2)),
            new OrderReturned("o2", "r2", Gbp(90), [new("hat", 9)], s_midnight.AddSeconds(3)),
            Sold("late", 86_400, new SoldLine("pen", 100, Gbp(100))));

        var top = (await shop.GetAsync<TopProducts>("/analytics/products/top?from=2026-01-02&to=2026-01-03&limit=2")).Products;

        Assert.Equal([new TopProduct("mug", 3, 2, Gbp(50)), new TopProduct("tea", 3, 0, Gbp(6.5m))], top);
        var all = (await shop.GetAsync<TopProducts>("/analytics/products/top?from=2026-01-02&to=2026-01-04")).Products;
        Assert.Equal(["pen", "mug", "tea"], all.Select(product => product.Sku));
    }

    [Theory, OnSqlite]
    public async Task What_cannot_be_asked_names_the_field(Database database)
    {
        await using var shop = await AnalyticsShop.StartAsync(await databases.CreateAsync(database));

        await AssertRefusedAsync(shop, "/analytics/sales", "from", "to", "bucket");
        await AssertRefusedAsync(shop, "/analytics/sales?bucket=week&from=yesterday&to=2026-01-02&currency=pounds", "from", "bucket", "currency");
        await AssertRefusedAsync(shop, "/analytics/sales?bucket=day&from=2026-01-02&to=2026-01-02", "to");
        await AssertRefusedAsync(shop, "/analytics/sales?bucket=minute&from=2025-01-01&to=2026-01-01", "bucket");
        await AssertRefusedAsync(shop, "/analytics/sales/total?from=2026-01-02", "to");
        await AssertRefusedAsync(shop, "/analytics/products/top?from=2026-01-02&to=2026-01-03&limit=0", "limit");
        await AssertRefusedAsync(shop, "/analytics/conversion?from=1969-12-31&to=2026-01-03", "from");
    }

    [Theory, OnSqlite]
    public async Task Only_staff_and_services_see_sales(Database database)
    {
        await using var shop = await AnalyticsShop.StartAsync(await databases.CreateAsync(database));
        foreach (var path in new[] { "/analytics/sales/total", "/analytics/sales", "/analytics/products/top", "/analytics/conversion" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(shop, path, Callers.Nobody));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(shop, path, Callers.Customer("c1")));
            Assert.NotEqual(HttpStatusCode.Forbidden, await StatusAsync(shop, path, Callers.Staff));
            Assert.NotEqual(HttpStatusCode.Forbidden, await StatusAsync(shop, path));
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(AnalyticsShop shop, string path, params (string Name, string Value)[] headers)
    {
        using var response = await shop.Service.SendAsync(HttpMethod.Get, path, null, headers);
        return response.StatusCode;
    }

    private static async Task AssertRefusedAsync(AnalyticsShop shop, string path, params string[] fields)
    {
        using var response = await shop.Service.SendAsync(HttpMethod.Get, path, null, Callers.Staff);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(fields.Order(), (await ActionTests.ErrorsAsync(response)).Order());
    }

    private static async Task<IEnumerable<(string Start, decimal Net)>> NetAsync(AnalyticsShop shop, string bucket, string to)
    {
        var series = await shop.GetAsync<SalesSeries>($"/analytics/sales?bucket={bucket}&from=2026-01-02&to={to}");
        Assert.Equal(bucket, series.Bucket);
        return series.Buckets.Select(one => ($"{one.Start:HH:mm}", one.Sales.Net.Amount));
    }

    private static MoneyAmount Gbp(decimal amount) => new(amount, "GBP");

    private static OrderConfirmed Confirmed(string orderId, decimal total, int seconds, string currency = "GBP") =>
        new(orderId, "c1", $"INV-{orderId}", new MoneyAmount(total, currency), s_midnight.AddSeconds(seconds));

    private static OrderReturned Returned(string orderId, decimal amount, int seconds, string currency = "GBP") =>
        new(orderId, $"r-{orderId}", new MoneyAmount(amount, currency), [new("mug", 1)], s_midnight.AddSeconds(seconds), "c1");

    private static OrderConfirmed Sold(string orderId, int seconds, params SoldLine[] lines) =>
        new(orderId, "c1", $"INV-{orderId}", Gbp(lines.Sum(line => line.Total.Amount)), s_midnight.AddSeconds(seconds), lines);
}
