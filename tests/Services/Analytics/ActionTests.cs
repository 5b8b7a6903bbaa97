using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DaprShop.Contracts;

namespace DaprShop.Services.Tests.Analytics;

/// <summary>What users do, and how many of them end with an order.</summary>
[Collection(AnalyticsCollection.Name)]
public sealed class ActionTests(Databases databases)
{
    private static readonly DateTimeOffset s_noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory, OnSqlite, OnPostgres]
    public async Task Conversion_counts_users_who_took_each_step_after_the_one_before(Database database)
    {
        await using var shop = await AnalyticsShop.StartAsync(await databases.CreateAsync(database));
        await RecordAsync(
            shop, [.. new[] { "looks", "looks", "orders", "buys", "buys", "returns" }.Select(user => Viewed(user, 0)), Viewed("looks-afterwards", 5)]);
        await RecordAsync(shop, new RecordAction("wish-list-opened", UserId: "wishes", At: s_noon), Viewed("early", -86_400));
        await shop.DeliverAsync(
        [
            Placed("orders", 1), Placed("buys", 1), Placed("buys", 2), Placed("returns", 1), Placed("looks-afterwards", 1), Placed("never-looks", 1),
            Confirmed("buys", 3), Confirmed("buys", 4), Confirmed("returns", 3), Confirmed("looks-afterwards", 3), Confirmed("never-looks", 3),
            new OrderCancelled("o-orders", "orders", "payment", "card-declined", s_noon.AddSeconds(3)),
            new OrderReturned("o-returns", "r1", new MoneyAmount(1, "GBP"), [new("mug", 1)], s_noon.AddSeconds(9), "returns"),
        ]);

        Assert.Equal(new Conversion(5, 3, 2), await shop.GetAsync<Conversion>("/analytics/conversion?from=2026-01-02&to=2026-01-03"));
        Assert.Equal(
            new Conversion(4, 3, 0), await shop.GetAsync<Conversion>("/analytics/conversion?from=2026-01-02&to=2026-01-02T12:00:03Z"));
        Assert.Equal(new Conversion(0, 0, 0), await shop.GetAsync<Conversion>("/analytics/conversion?from=2026-01-03&to=2026-01-04"));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task An_action_with_an_id_counts_once_for_its_user_and_one_without_each_time(Database database)
    {
        await using var shop = await AnalyticsShop.StartAsync(await databases.CreateAsync(database));
        RecordAction[] actions =
        [
            new("product-viewed", Id: "a1", Fields: new() { ["sku"] = "mug", ["note"] = "\0 ' \" {0}" }), new("product-viewed", Id: "a1"), new("searched"),
        ];

        var added = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RecordAsync(shop, "c1", actions)));

        Assert.Equal(1 + (5 * 1), added.Sum());
        Assert.Equal(2, await RecordAsync(shop, "c2", actions));
        Assert.Equal(1, await RecordAsync(shop, new RecordAction("product-viewed", Id: "a2", UserId: "c1")));
    }

    [Theory, OnSqlite]
    public async Task What_cannot_be_an_action_names_the_field_and_nothing_is_stored(Database database)
    {
        await using var shop = await AnalyticsShop.StartAsync(await databases.CreateAsync(database));
        RecordAction[] actions =
        [
            new("product-viewed", Id: "fine"),
            new("Product Viewed"),
            new("order-confirmed"),
            new("searched", Id: "not an id"),
            new("searched", UserId: "c2"),
            new("searched", At: DateTimeOffset.UtcNow.AddDays(1)),
            new("searched", Fields: new() { ["term"] = new string('x', 257) }),
            null!,
        ];

        using var refused = await PostAsync(shop, new RecordActions(actions), Callers.Customer("c1"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(
            ["actions[1].action", "actions[2].action", "actions[3].id", "actions[4].userId", "actions[5].at", "actions[6].fields", "actions[7]"],
            await ErrorsAsync(refused));

        foreach (var wrong in new object[] { new { }, new { actions = Array.Empty<int>() }, new RecordActions([.. Enumerable.Repeat(actions[0], 101)]) })
        {
            using var answer = await PostAsync(shop, wrong, Callers.Customer("c1"));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal(["actions"], await ErrorsAsync(answer));
        }

        Assert.Equal(1, await RecordAsync(shop, "c1", actions[0]));
    }

    [Theory, OnSqlite]
    public async Task Users_are_signed_in_and_services_name_them(Database database)
    {
        await using var shop = await AnalyticsShop.StartAsync(await databases.CreateAsync(database));
        var unnamed = new RecordActions([new RecordAction("searched")]);

        using var anonymous = await PostAsync(shop, unnamed, Callers.Nobody);
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);

        using var service = await PostAsync(shop, unnamed);
        Assert.Equal(["actions[0].userId"], await ErrorsAsync(service));

        using var staff = await PostAsync(shop, new RecordActions([new RecordAction("searched", UserId: "c1")]), Callers.Staff);
        Assert.Equal(HttpStatusCode.OK, staff.StatusCode);
    }

    internal static async Task<IReadOnlyList<string>> ErrorsAsync(HttpResponseMessage response)
    {
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        return [.. problem.GetProperty("errors").EnumerateObject().Select(error => error.Name)];
    }

    private static RecordAction Viewed(string user, int seconds) => new("product-viewed", UserId: user, At: s_noon.AddSeconds(seconds));

    private static OrderCreated Placed(string user, int seconds) => new(
        $"o-{user}",
        user,
        [new("mug", 1)],
        new MoneyAmount(1, "GBP"),
        new PostalAddress("1 Street", "Town", "Shire", "AB1", "GB"),
        s_noon.AddSeconds(seconds));

    private static OrderConfirmed Confirmed(string user, int seconds) =>
        new($"o-{user}", user, $"INV-{user}", new MoneyAmount(1, "GBP"), s_noon.AddSeconds(seconds));

    private static Task<int> RecordAsync(AnalyticsShop shop, string user, params RecordAction[] actions) =>
        RecordAsync(shop, actions, Callers.Customer(user));

    private static Task<int> RecordAsync(AnalyticsShop shop, params RecordAction[] actions) =>
        RecordAsync(shop, actions, caller: []);

    private static async Task<int> RecordAsync(AnalyticsShop shop, RecordAction[] actions, (string Name, string Value)[] caller)
    {
        using var response = await PostAsync(shop, new RecordActions(actions), caller);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync<RecordedActions>(ContractsJson.Options))!.Added;
    }

    private static Task<HttpResponseMessage> PostAsync(AnalyticsShop shop, object body, params (string Name, string Value)[] caller) =>
        shop.Service.SendAsync(HttpMethod.Post, "/actions", body, caller);
}
