using DaprShop.Contracts;

namespace DaprShop.Services.Tests.Search;

public sealed class AnswerCacheTests
{
    private const string Popular = "/search/popular";

    [Fact]
    public async Task The_second_ask_is_answered_from_the_cache_and_a_changed_price_drops_it_on_both_replicas()
    {
        await using var shop = await SearchShop.StartAsync(replicas: 2);
        await shop.CreateAsync("mug", "A mug", 7.5m);
        string[] questions = ["/search/products/mug", "/search/products?term=mug"];
        foreach (var question in questions)
        {
            await Eventually.TrueAsync(async () => (await AskAsync(shop.Search, question)).Answer.Contains("7.5", StringComparison.Ordinal));
            await WaitForHitAsync(shop.Search, question);
            Assert.Equal("hit", (await AskAsync(shop.OtherSearch, question)).Cache);
        }

        await shop.ChangePriceAsync("mug", 8.25m);

        foreach (var question in questions)
        {
            await Eventually.TrueAsync(async () => (await AskAsync(shop.OtherSearch, question)).Answer.Contains("8.25", StringComparison.Ordinal));
            var (_, answer) = await AskAsync(shop.Search, question);
            Assert.Contains("8.25", answer, StringComparison.Ordinal);
            Assert.Equal(answer, (await AskAsync(shop.OtherSearch, question)).Answer);
        }
    }

    [Fact]
    public async Task A_sale_drops_what_it_changes_and_nothing_else()
    {
        await using var shop = await SearchShop.StartAsync();
        await shop.DeliverAsync(Topics.Catalog, new ProductCreated("mug", "A mug", new MoneyAmount(1, "GBP"), default), "1");
        await WaitForHitAsync(shop.Search, Popular);
        await WaitForHitAsync(shop.Search, "/search/products/mug");

        await shop.DeliverAsync(
            Topics.Orders, new OrderConfirmed("o1", "c1", "INV-1", new MoneyAmount(1, "GBP"), default, [new SoldLine("mug", 1, new MoneyAmount(1, "GBP"))]), "2");

        Assert.Equal("miss", (await AskAsync(shop.Search, Popular)).Cache);
        Assert.Equal("hit", (await AskAsync(shop.Search, "/search/products/mug")).Cache);
    }

    [Fact]
    public async Task Without_the_cache_there_are_answers_all_the_same()
    {
        await using var shop = await SearchShop.StartAsync();
        await shop.DeliverAsync(Topics.Catalog, new ProductCreated("mug", "A mug", new MoneyAmount(1, "GBP"), default), "1");
        await shop.Shop.StopSidecarsAsync();

        Assert.Equal("miss", (await AskAsync(shop.Search, "/search/products/mug")).Cache);
    }

    // HybridCache answers first and stores then.
    private static Task WaitForHitAsync(RunningService search, string question) =>
        Eventually.TrueAsync(async () => (await AskAsync(search, question)).Cache == "hit");

    private static async Task<(string Cache, string Answer)> AskAsync(RunningService search, string question)
    {
        using var response = await search.Http.GetAsync(question);
        return (response.Headers.GetValues("X-Cache").Single(), await response.Content.ReadAsStringAsync());
    }
}
