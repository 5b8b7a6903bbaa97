using System.Net;
using DaprShop.Contracts;
using Microsoft.Data.Sqlite;

namespace DaprShop.Services.Tests.Analytics;

/// <summary>Each event counts once, with all that it adds.</summary>
[Collection(AnalyticsCollection.Name)]
public sealed class DeliveryTests(Databases databases)
{
    private static readonly DateTimeOffset s_at = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory, OnSqlite, OnPostgres]
    public async Task Batches_that_two_replicas_get_at_once_and_in_any_order_count_once(Database database)
    {
        await using var shop = await AnalyticsShop.StartAsync(await databases.CreateAsync(database), replicas: 2);
        var events = Enumerable.Range(0, 40).Select(i => AnalyticsShop.Event($"e{i}", Confirmed($"o{i}", 0.10m))).ToArray();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i =>
            AnalyticsShop.DeliverAsync(i % 2 == 0 ? shop.Service : shop.OtherService, Random.Shared.GetItems(events, 40).Concat(events).ToArray())));

        Assert.All(answers.SelectMany(statuses => statuses), status => Assert.Equal("SUCCESS", status));
        Assert.Equal([new EventCount(Topics.Orders, nameof(OrderConfirmed), 40)], await shop.CountsAsync());
        var total = Assert.Single(await shop.TotalsAsync());
        Assert.Equal((40, new MoneyAmount(4, "GBP")), (total.Orders, total.Net));
        var top = Assert.Single((await shop.GetAsync<TopProducts>("/analytics/products/top?from=2026-01-01&to=2026-02-01")).Products);
        Assert.Equal(new TopProduct("mug", 40, 0, new MoneyAmount(4, "GBP")), top);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task The_same_id_from_another_source_is_another_event(Database database)
    {
        await using var shop = await AnalyticsShop.StartAsync(await databases.CreateAsync(database));

        await AnalyticsShop.DeliverAsync(
            shop.Service,
            AnalyticsShop.Event("1", Confirmed("o1", 1)), AnalyticsShop.Event("1", Confirmed("o2", 2), "elsewhere"), AnalyticsShop.Event("1", Confirmed("o1", 1)));

        Assert.Equal(new MoneyAmount(3, "GBP"), Assert.Single(await shop.TotalsAsync()).Net);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Every_event_of_a_batch_is_answered_by_itself_and_what_cannot_be_one_is_a_dead_letter(Database database)
    {
        await using var shop = await AnalyticsShop.StartAsync(await databases.CreateAsync(database));

        var answers = await AnalyticsShop.DeliverAsync(
            shop.Service,
            AnalyticsShop.Event("1", Confirmed("o1", 1)),
            AnalyticsShop.Event("", Confirmed("o2", 1)),
            AnalyticsShop.Event("a\0b", Confirmed("o3", 1)),
            "bm90IGFuIGV2ZW50",
            new { id = 5, type = new[] { "?" } },
            AnalyticsShop.Event("4", Confirmed("o4", 0.001m)),
            AnalyticsShop.Event("5", Confirmed("o5", -1)),
            AnalyticsShop.Event("6", "orders", nameof(OrderConfirmed), new { total = "much" }),
            AnalyticsShop.Event("7", "orders", nameof(OrderCreated), new { }),
            AnalyticsShop.Event("8", "orders", "SomethingNew", new { }));

        Assert.Equal(["SUCCESS", "DROP", "DROP", "DROP", "DROP", "DROP", "DROP", "DROP", "DROP", "SUCCESS"], answers);
        Assert.Equal(
            [new EventCount(Topics.Orders, nameof(OrderConfirmed), 1), new EventCount(Topics.Orders, "SomethingNew", 1)], await shop.CountsAsync());
        Assert.Equal(new MoneyAmount(1, "GBP"), Assert.Single(await shop.TotalsAsync()).Net);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task What_was_acknowledged_is_there_after_a_restart(Database database)
    {
        await using var shop = await AnalyticsShop.StartAsync(await databases.CreateAsync(database));
        await shop.DeliverAsync(Confirmed("o1", 1));

        await shop.RestartAsync();

        Assert.Equal(new MoneyAmount(1, "GBP"), Assert.Single(await shop.TotalsAsync()).Net);
    }

    [Theory, OnSqlite]
    public async Task A_batch_of_large_events_is_taken(Database database)
    {
        await using var shop = await AnalyticsShop.StartAsync(await databases.CreateAsync(database));
        var large = new string('x', 300_000);

        var answers = await AnalyticsShop.DeliverAsync(
            shop.Service, [.. Enumerable.Range(0, 10).Select(i => AnalyticsShop.Event($"{i}", "orders", "Large", new { large }))]);

        Assert.All(answers, status => Assert.Equal("SUCCESS", status));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task What_the_services_publish_is_counted_once_whatever_its_topic(Database database)
    {
        await using var shop = await AnalyticsShop.StartAsync(await databases.CreateAsync(database));
        await shop.Shop.WaitForSubscriptionsOfAsync(AppIds.Analytics);
        string[] topics = [Topics.Accounts, Topics.Catalog, Topics.Customers, Topics.Inventory, Topics.Orders, Topics.Payments, Topics.Shipping];

        foreach (var topic in topics)
        {
            await shop.Shop.PublishAsync(topic, AnalyticsShop.Event("1", topic, "Something", new { }));
            await shop.Shop.PublishAsync(topic, AnalyticsShop.Event("1", topic, "Something", new { }));
            await shop.Shop.PublishAsync(topic, AnalyticsShop.Event("last", topic, "Something", new { }));
        }

        await Eventually.TrueAsync(async () => (await shop.CountsAsync()).Sum(count => count.Count) >= 2 * topics.Length);
        Assert.Equal(topics.Select(topic => new EventCount(topic, "Something", 2)), await shop.CountsAsync());
    }

    [Theory, OnPostgres]
    public async Task While_the_database_is_away_nothing_is_acknowledged(Database database)
    {
        Assert.Equal(Database.Postgres, database);
        await using var postgres = await PostgresCluster.StartNewAsync();
        await using var shop = await AnalyticsShop.StartAsync([("ANALYTICS_CONNECTION", await postgres.CreateDatabaseAsync())]);
        await shop.DeliverAsync(Confirmed("o1", 1));

        await postgres.StopAsync();
        using var delivery = await AnalyticsShop.SendAsync(shop.Service, Topics.Orders, AnalyticsShop.Event("2", Confirmed("o2", 1)));
        using var question = await shop.Service.SendAsync(HttpMethod.Get, "/analytics/sales/total", null, Callers.Staff);
        await postgres.StartAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, delivery.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, question.StatusCode);
        await Eventually.TrueAsync(async () =>
        {
            using var again = await AnalyticsShop.SendAsync(shop.Service, Topics.Orders, AnalyticsShop.Event("2", Confirmed("o2", 1)));
            return again.IsSuccessStatusCode;
        });
        await shop.RestartAsync();
        Assert.Equal(new MoneyAmount(2, "GBP"), Assert.Single(await shop.TotalsAsync()).Net);
    }

    [Theory, OnSqlite]
    public async Task A_file_from_before_the_series_keeps_its_events(Database database)
    {
        var settings = await databases.CreateAsync(database);
        var directory = Directory.CreateDirectory(settings[0].Value);
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(directory.FullName, "analytics.db")}"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = """
                CREATE TABLE "Events" ("Id" TEXT NOT NULL, "Source" TEXT NOT NULL, "Topic" TEXT NOT NULL, "Type" TEXT NOT NULL, "Time" TEXT NOT NULL,
                    "Data" TEXT NOT NULL, CONSTRAINT "PK_Events" PRIMARY KEY ("Id", "Source"));
                CREATE INDEX "IX_Events_Topic_Type" ON "Events" ("Topic", "Type");
                INSERT INTO "Events" VALUES ('1', 'orders', 'orders', 'OrderCreated', '2026-01-02 03:04:05+00:00', '{}');
                """;
            await command.ExecuteNonQueryAsync();
        }

        await using var shop = await AnalyticsShop.StartAsync(settings);
        await shop.DeliverAsync(Confirmed("o1", 1));

        Assert.Equal(2, (await shop.CountsAsync()).Sum(count => count.Count));
        Assert.Single(await shop.TotalsAsync());
    }

    private static OrderConfirmed Confirmed(string orderId, decimal total) =>
        new(orderId, "c1", $"INV-{orderId}", new MoneyAmount(total, "GBP"), s_at, [new SoldLine("mug", 1, new MoneyAmount(total, "GBP"))]);
}
